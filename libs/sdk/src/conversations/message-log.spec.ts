import type { Message } from '@dunlin/contracts/wire';
import { MessageLog } from './message-log.js';

const message = (seq: number): Message => ({
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  senderId: 'ann',
  type: 'text',
  content: { text: `number ${seq}` },
  sentAt: '2026-01-01T00:00:00.000Z',
});
const seqs = (messages: Message[]): number[] => messages.map(({ seq }) => seq);
const page = (numbers: number[], hasMore: boolean, lastSeq: number) => ({
  messages: numbers.map(message),
  hasMore,
  lastSeq,
});

describe('What a client knows of a log', () => {
  it('tells what follows in order, and each message once', () => {
    const log = new MessageLog(0);
    log.add(message(1));
    expect(seqs(log.advance())).toEqual([1]);
    log.add(message(1));
    expect(log.advance()).toEqual([]);
  });

  it('holds back what lies beyond a hole until the hole is filled', () => {
    const log = new MessageLog(1);
    log.add(message(4));
    expect(log.advance()).toEqual([]);
    expect(log.hasHole).toBe(true);
    log.addAfter(1, page([2, 3], true, 4));
    expect(seqs(log.advance())).toEqual([2, 3, 4]);
    expect(log.hasHole).toBe(false);
  });

  it('takes for not there what an answer leaves out: the time before somebody joined', () => {
    const log = new MessageLog(2);
    log.addAfter(2, page([7, 8], false, 8));
    expect(seqs(log.advance())).toEqual([7, 8]);
    expect(log.head).toBe(8);
  });

  it('knows the beginning when there is nothing before it', () => {
    const log = new MessageLog(5);
    log.addBefore(6, page([5, 4], true, 5));
    expect(log.around(5)).toEqual([4, 5]);
    log.addBefore(4, page([3, 2, 1], false, 5));
    expect(log.around(5)).toEqual([1, 5]);
  });

  it('joins what was read at two places when the reading meets', () => {
    const log = new MessageLog(10);
    log.addBefore(11, page([10, 9], true, 10));
    log.addAfter(2, page([3, 4], true, 10));
    expect(log.ranges).toEqual([
      [3, 4],
      [9, 10],
    ]);
    log.addAfter(4, page([5, 6, 7, 8], true, 10));
    expect(log.ranges).toEqual([[3, 10]]);
  });

  it('keeps the newest when it is trimmed, and says from where on it is whole', () => {
    const log = new MessageLog(0);
    log.addAfter(0, page([1, 2, 3, 4, 5], false, 5));
    log.advance();
    log.trim(2);
    expect(log.tail(9)).toEqual({ range: [4, 5], messages: [message(4), message(5)] });
    expect(log.has(3)).toBe(false);
  });

  it('knows nothing beyond the end of an answer: not where one asked far past it, nor where it is older than a push', () => {
    const log = new MessageLog(3);
    log.addBefore(5000, page([3, 2, 1], false, 3));
    expect(log.ranges).toEqual([[1, 3]]);
    log.add(message(5));
    log.addBefore(6, page([3, 2], true, 3));
    expect(log.ranges).toEqual([
      [1, 3],
      [5, 5],
    ]);
    expect(log.advance()).toEqual([]);
    log.add(message(4));
    expect(seqs(log.advance())).toEqual([4, 5]);
  });

  it('counts back over what is not there as fast as over what is', () => {
    const log = new MessageLog(0);
    log.addAfter(0, page([20_000_000, 20_000_001, 20_000_002], false, 20_000_002)); // somebody joined late
    log.advance();
    const began = performance.now();
    for (let times = 0; times < 100; times++) expect(log.back(20_000_003, 3)).toBe(1);
    expect(log.back(20_000_003, 2)).toBe(20_000_001);
    expect(log.back(20_000_003, 0)).toBe(20_000_003);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
