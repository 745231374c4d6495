import { DunlinError } from '@dunlin/contracts';
import { asFailure } from './failures.js';

const failure = (message: string, code?: string): Error => Object.assign(new Error(message), { code });

describe('A failure of the database', () => {
  it.each([
    failure('connect ECONNREFUSED', 'ECONNREFUSED'),
    failure('The server is shutting down', 'ER_SERVER_SHUTDOWN'),
    failure('database or disk is full', 'SQLITE_FULL'),
    failure("Can't add new command when connection is in closed state"),
    // late in a process's own end
    failure('The database connection is not open'),
  ])('that will pass is answered as such: %s', (error) => {
    expect(asFailure(error)).toMatchObject({ code: 'unavailable', cause: error });
  });

  it('that is a bug of ours stays what it is', () => {
    const bug = failure('no such column: x', 'SQLITE_ERROR');
    expect(asFailure(bug)).toBe(bug);
  });

  it('that has a code already keeps it', () => {
    const refusal = new DunlinError('conflict');
    expect(asFailure(refusal)).toBe(refusal);
  });
});
