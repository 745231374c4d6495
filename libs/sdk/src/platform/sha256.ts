/** The first 32 bits behind the point. */
const fraction = (of: number): number => ((of % 1) * 2 ** 32) | 0;

const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
const ROUNDS = primes.map((prime) => fraction(Math.cbrt(prime)));
const START = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));

type State = [number, number, number, number, number, number, number, number];

/** In hex. The platform's own answers later, and in a page that was not loaded over TLS not at all. */
export function sha256(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  let state = START;
  for (let at = 0; at < padded.length; at += 64) state = compress(state, view, at);
  return state.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function compress(state: number[], view: DataView, at: number): number[] {
  const words: number[] = [];
  const word = (i: number): number => words[i] as number;
  let [a, b, c, d, e, f, g, h] = state as State;
  ROUNDS.forEach((round, i) => {
    words[i] =
      i < 16
        ? view.getInt32(at + 4 * i)
        : (word(i - 16) + spread(word(i - 15), 7, 18, 3) + word(i - 7) + spread(word(i - 2), 17, 19, 10)) | 0;
    const choice = (e & f) ^ (~e & g);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const mixed = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + round + word(i);
    [h, g, f, e, d, c, b] = [g, f, e, (d + mixed) | 0, c, b, a];
    a = (mixed + (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + majority) | 0;
  });
  return [a, b, c, d, e, f, g, h].map((sum, i) => (sum + (state[i] as number)) | 0);
}

const turn = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
const spread = (word: number, x: number, y: number, shift: number): number =>
  turn(word, x) ^ turn(word, y) ^ (word >>> shift);
