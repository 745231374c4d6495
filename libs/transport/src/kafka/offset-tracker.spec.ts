import { OffsetTracker } from './offset-tracker.js';

describe('the place in a partition', () => {
  it('moves when records finish', () => {
    const tracker = new OffsetTracker(5);
    expect(tracker.position).toBe(5);
    const ticket = tracker.begin(5);
    expect([tracker.position, tracker.next, tracker.inFlight]).toEqual([5, 6, 1]);
    tracker.finish(ticket);
    expect([tracker.position, tracker.next, tracker.inFlight]).toEqual([6, 6, 0]);
  });

  it('stays before the first record that has not finished', () => {
    const tracker = new OffsetTracker(0);
    const [first, second, third] = [0, 1, 2].map((offset) => tracker.begin(offset));
    tracker.finish(third!);
    tracker.finish(second!);
    expect(tracker.position).toBe(0);
    tracker.finish(first!);
    expect(tracker.position).toBe(3);
  });

  it('passes holes in the offsets, which compaction and transactions leave', () => {
    const tracker = new OffsetTracker(0);
    const tickets = [3, 9, 10].map((offset) => tracker.begin(offset));
    tracker.finish(tickets[0]!);
    expect(tracker.position).toBe(9);
  });

  it('stays before a record that was left behind', () => {
    const tracker = new OffsetTracker(0);
    tracker.begin(0);
    tracker.finish(tracker.begin(1));
    tracker.abandon();
    expect([tracker.position, tracker.inFlight]).toEqual([0, 0]);
  });

  it('starts over with a topic that was made anew', () => {
    const tracker = new OffsetTracker(100);
    tracker.begin(100);
    const ticket = tracker.begin(0);
    tracker.finish(ticket);
    expect([tracker.position, tracker.next]).toEqual([1, 1]);
  });

  it('keeps up with many records that finish in any order', () => {
    const tracker = new OffsetTracker(0);
    const open = Array.from({ length: 5000 }, (_, offset) => tracker.begin(offset));
    for (let step = 0; step < 5000; step++) tracker.finish(open[(step * 7) % 5000]!);
    expect([tracker.position, tracker.inFlight]).toEqual([5000, 0]);
  });
});
