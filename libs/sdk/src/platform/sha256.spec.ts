import { createHash } from 'node:crypto';
import { sha256 } from './sha256.js';

describe('SHA-256', () => {
  it('is what everybody else has, whatever the length', () => {
    for (let length = 0; length < 260; length++) {
      const text = '\u9e6c-a9~'.repeat(60).slice(0, length);
      expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }
  });
});
