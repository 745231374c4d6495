import type { User } from '@dunlin/contracts/wire';
import { answersTo } from './answers-to.js';

const ann = { displayName: 'Ann Ärmel 🪶', username: 'sand.piper' } as User;

describe('Somebody', () => {
  it.each([
    ['', true],
    ['  ann ', true],
    ['ÄRM', true],
    ['🪶', true],
    ['PIPER', true],
    ['a.n', false],
    ['ben', false],
  ])('is found by %j: %s', (query, found) => {
    expect(answersTo(ann, query)).toBe(found);
  });
});
