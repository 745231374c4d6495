import { Seal } from './seal.js';

describe('sealed values', () => {
  const seal = new Seal('a secret that nobody knows, of some length');
  const plain = Buffer.from('{"password":"correct horse"}');

  it('open where they are meant to', () => {
    expect(seal.open(seal.seal(plain, 'request user.login 1'), 'request user.login 1')).toEqual(plain);
  });

  it('say nothing about what is in them, and are never the same twice', () => {
    const [first, second] = [seal.seal(plain, 'x'), seal.seal(plain, 'x')];
    expect(first.includes('password')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  it.each([
    ['in another place', (sealed: Buffer): Buffer => seal.open(sealed, 'request user.login 2')],
    ['with another secret', (sealed: Buffer): Buffer => new Seal('another one').open(sealed, 'request user.login 1')],
    ['when a byte was changed', (sealed: Buffer): Buffer => seal.open(flip(sealed), 'request user.login 1')],
    ['when cut short', (sealed: Buffer): Buffer => seal.open(sealed.subarray(0, 20), 'request user.login 1')],
    ['when they were never sealed', (): Buffer => seal.open(plain, 'request user.login 1')],
    ['when there is nothing', (): Buffer => seal.open(null, 'request user.login 1')],
  ])('do not open %s', (_, open) => {
    expect(() => open(seal.seal(plain, 'request user.login 1'))).toThrow();
  });
});

function flip(sealed: Buffer): Buffer {
  const changed = Buffer.from(sealed);
  changed[changed.length - 20]! ^= 1;
  return changed;
}
