import { HeldStatements } from './held-statements.js';

const BEGIN = 'BEGIN TRANSACTION';

describe('A transaction’s statements', () => {
  let held: HeldStatements;
  const sent = (sql: string): string[] => held.scriptFor(sql, []).map(([text]) => text);
  beforeEach(() => (held = new HeldStatements(BEGIN)));

  it('begin with the first one that somebody waits for', () => {
    expect(sent(BEGIN)).toEqual([]);
    expect(sent('SELECT 1')).toEqual([BEGIN, 'SELECT 1']);
    expect(sent('SELECT 2')).toEqual(['SELECT 2']);
  });

  it('take held writes along, in their order', () => {
    sent(BEGIN);
    sent('SELECT 1');
    held.hold(['INSERT 1', []]);
    held.hold(['INSERT 2', []]);
    expect(sent('COMMIT')).toEqual(['INSERT 1', 'INSERT 2', 'COMMIT']);
    expect(sent('SELECT 2')).toEqual(['SELECT 2']);
  });

  it('are forgotten when it is rolled back, and nothing is sent of one that never began', () => {
    sent(BEGIN);
    held.hold(['INSERT 1', []]);
    expect(sent('ROLLBACK')).toEqual([]);
    sent(BEGIN);
    sent('SELECT 1');
    held.hold(['INSERT 1', []]);
    expect(sent('ROLLBACK')).toEqual(['ROLLBACK']);
    expect(sent('SELECT 2')).toEqual(['SELECT 2']);
  });
});
