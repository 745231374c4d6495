import type { Conversation, Message, MessagePage } from '@dunlin/contracts/wire';
import { Chat } from './chat.js';
import { Timeline, type TimelinePorts } from './timeline.js';

const LAST = 2000;
const said = (seq: number): Message => ({
  id: `m${seq}`,
  conversationId: 'c',
  seq,
  senderId: 'ben',
  type: 'text',
  content: { text: `${seq}` },
  sentAt: '2026-01-01T00:00:00.000Z',
});
const between = (from: number, to: number): Message[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => said(from + index));

/** A timeline of a conversation with many messages; `asked` counts the pages that were fetched. */
function longConversation(first = 1): { timeline: Timeline; chat: Chat; asked: () => number } {
  const conversation = { id: 'c', type: 'direct', lastMessage: said(LAST), lastSeq: LAST, readSeq: LAST, unread: 0 };
  const chat = new Chat({ ...conversation, updatedAt: '' } as Conversation, 'ann', LAST);
  let asked = 0;
  const history: TimelinePorts['history'] = async ({ afterSeq, beforeSeq, limit }) => {
    asked++;
    const [from, to] =
      afterSeq !== undefined
        ? [Math.max(first, afterSeq + 1), Math.min(LAST, afterSeq + limit)]
        : [Math.max(first, (beforeSeq ?? LAST + 1) - limit), (beforeSeq ?? LAST + 1) - 1];
    const messages = between(from, to);
    const hasMore = afterSeq !== undefined ? to < LAST : from > first;
    return { messages: afterSeq === undefined ? messages.reverse() : messages, hasMore, lastSeq: LAST } as MessagePage;
  };
  const ports: TimelinePorts = {
    me: () => 'ann',
    chat: () => chat,
    entries: () => [],
    stateOf: () => undefined,
    history,
    grown: () => undefined,
    read: () => undefined,
    closed: () => undefined,
  };
  return { timeline: new Timeline(ports), chat, asked: () => asked };
}

const seqs = (timeline: Timeline): number[] => timeline.getSnapshot().messages.map(({ seq }) => seq as number);
const expectWhole = (timeline: Timeline): void => {
  const [first = 0] = seqs(timeline);
  expect(seqs(timeline)).toEqual(seqs(timeline).map((_, index) => first + index));
};

describe('A timeline of a long conversation', () => {
  it('shows some hundreds of messages however far one goes up, and all of them on the way back', async () => {
    const { timeline, asked } = longConversation();
    await timeline.begin('latest');
    const seen = new Set(seqs(timeline));
    const note = (): void => {
      expectWhole(timeline);
      for (const seq of seqs(timeline)) seen.add(seq);
      expect(seqs(timeline).length).toBeLessThanOrEqual(700);
    };
    for (; timeline.getSnapshot().hasOlder; note()) await timeline.loadOlder();
    expect(seen.size).toBe(LAST);
    expect(timeline.getSnapshot().hasNewer).toBe(true);
    const fetched = asked();
    for (; timeline.getSnapshot().hasNewer; note()) await timeline.loadNewer();
    expect(seqs(timeline).at(-1)).toBe(LAST);
    expect(timeline.getSnapshot().hasOlder).toBe(true);
    expect(asked()).toBe(fetched); // it had them all
  });

  it('changes at one end at a time', async () => {
    const { timeline } = longConversation();
    await timeline.begin('latest');
    let before = seqs(timeline);
    timeline.subscribe(() => {
      const now = seqs(timeline);
      expect(now[0] === before[0] || now.at(-1) === before.at(-1)).toBe(true);
      before = now;
    });
    for (let page = 0; page < 30; page++) await timeline.loadOlder();
    for (let page = 0; page < 30; page++) await timeline.loadNewer();
    expect(seqs(timeline).at(-1)).toBe(LAST);
  });

  it('holds its place far up while new ones come, and finds them at the newest end', async () => {
    const { timeline, chat } = longConversation();
    await timeline.begin('latest');
    while (timeline.getSnapshot().hasOlder) await timeline.loadOlder();
    const before = seqs(timeline);
    chat.receive([said(LAST + 1)]);
    timeline.invalidate();
    expect(seqs(timeline)).toEqual(before);
    timeline.jumpToLatest();
    expect(seqs(timeline).at(-1)).toBe(LAST + 1);
    expect(seqs(timeline)).toHaveLength(600);
  });

  it('stays where it is for a jump to what it shows, and comes back from one to what it does not', async () => {
    const { timeline } = longConversation();
    await timeline.begin('latest');
    await timeline.loadOlder();
    const before = seqs(timeline);
    await timeline.jumpTo(LAST - 20);
    expect(seqs(timeline)).toEqual(before);
    expect(timeline.getSnapshot().focus).toEqual({ seq: LAST - 20 });
    await timeline.jumpTo(100);
    expect(seqs(timeline)).toContain(100);
    expectWhole(timeline);
    expect(timeline.getSnapshot().hasNewer).toBe(true);
  });

  it('begins where somebody joined', async () => {
    const joined = 1700;
    const { timeline } = longConversation(joined);
    await timeline.begin('latest');
    let pages = 0;
    for (; timeline.getSnapshot().hasOlder; pages++) await timeline.loadOlder();
    expect(seqs(timeline)[0]).toBe(joined);
    expect(pages).toBeLessThan(10);
  });
});
