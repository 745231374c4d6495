import type { Conversation, Message, MessagePage } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import type { OutboxEntry } from '../outbox/outbox-entry.js';
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

const failed = (clientMsgId: string, failedAfter?: number): OutboxEntry =>
  ({ clientMsgId, type: 'text', text: clientMsgId, status: 'failed', createdAt: '', failedAfter }) as OutboxEntry;

/** A timeline of a conversation with many messages; `asked` counts the pages that were fetched. */
function longConversation(
  first = 1,
  entries: OutboxEntry[] = [],
  /** What the device knows of. */
  knownTo = LAST,
  last = LAST,
): {
  timeline: Timeline;
  chat: Chat;
  asked: () => number;
  /** What is asked from now on is answered when the returned function is called. */
  slow: (error?: DunlinError) => () => void;
  /** Another log, or none, takes the place of the one that was there. */
  replace: (knownTo: number | undefined) => void;
} {
  const lastMessage = knownTo > 0 ? said(knownTo) : null;
  const conversation = { id: 'c', type: 'direct', lastMessage, lastSeq: knownTo, readSeq: knownTo, unread: 0 };
  const chatUpTo = (seq: number): Chat => new Chat({ ...conversation, updatedAt: '' } as Conversation, 'ann', seq);
  const chat = chatUpTo(knownTo);
  let present: Chat | undefined = chat;
  let asked = 0;
  let held: Promise<void> = Promise.resolve();
  const slow = (error?: DunlinError): (() => void) => {
    let go = (): void => undefined;
    held = new Promise((resolve, reject) => (go = () => (error ? reject(error) : resolve())));
    return go;
  };
  const history: TimelinePorts['history'] = async ({ afterSeq, beforeSeq, limit }) => {
    asked++;
    await held;
    const before = Math.min(beforeSeq ?? Infinity, last + 1);
    const [from, to] =
      afterSeq !== undefined
        ? [Math.max(first, afterSeq + 1), Math.min(last, afterSeq + limit)]
        : [Math.max(first, before - limit), before - 1];
    const messages = between(from, to);
    const hasMore = afterSeq !== undefined ? to < last : from > first;
    return { messages: afterSeq === undefined ? messages.reverse() : messages, hasMore, lastSeq: last } as MessagePage;
  };
  const ports: TimelinePorts = {
    me: () => 'ann',
    chat: () => present,
    entries: () => entries,
    stateOf: () => undefined,
    history,
    grown: () => undefined,
    read: () => undefined,
    closed: () => undefined,
  };
  const timeline = new Timeline(ports);
  const replace = (seq: number | undefined): void => {
    present = seq === undefined ? undefined : chatUpTo(seq);
    timeline.invalidate();
  };
  return { timeline, chat, asked: () => asked, slow, replace };
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

  it('shows no more while nobody looks, and all of it in hundreds when somebody does', async () => {
    const { timeline, chat } = longConversation();
    await timeline.begin('latest');
    await timeline.unreadFrom(LAST);
    timeline.holdNewest();
    expect(timeline.getSnapshot().hasNewer).toBe(false);
    const before = seqs(timeline);
    chat.receive(between(LAST + 1, LAST + 900));
    timeline.invalidate();
    timeline.holdNewest();
    expect(seqs(timeline)).toEqual(before);
    expect(timeline.getSnapshot().hasNewer).toBe(true);
    for (; timeline.getSnapshot().hasNewer; await timeline.loadNewer()) {
      expectWhole(timeline);
      expect(seqs(timeline).length).toBeLessThanOrEqual(700);
    }
    expect(seqs(timeline).at(-1)).toBe(LAST + 900);
    chat.receive([said(LAST + 901)]);
    timeline.invalidate();
    expect(seqs(timeline).at(-1)).toBe(LAST + 901);
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

  it('has what came while nobody looked begin with a message, and goes there if it is not shown', async () => {
    const { timeline, chat } = longConversation();
    await timeline.begin('latest');
    chat.receive([said(LAST + 1)]);
    await timeline.unreadFrom(LAST + 1);
    expect(timeline.getSnapshot()).toMatchObject({ firstUnreadSeq: LAST + 1, focus: null, hasNewer: false });
    await timeline.unreadFrom(300);
    expect(timeline.getSnapshot()).toMatchObject({ firstUnreadSeq: 300, focus: { seq: 300 }, hasNewer: true });
    expect(seqs(timeline)).toContain(300);
  });

  it('jumped to past its end shows its last message, and goes on showing what comes', async () => {
    const { timeline, chat } = longConversation();
    await timeline.begin('latest');
    await timeline.jumpTo(20_000_000);
    expect(timeline.getSnapshot()).toMatchObject({ focus: { seq: LAST }, hasNewer: false });
    expect(chat.end).toBe(LAST);
    expect(chat.receive([said(LAST + 1)])).toHaveLength(1);
    timeline.invalidate();
    expect(seqs(timeline).at(-1)).toBe(LAST + 1);
    expectWhole(timeline);
  });

  it('goes to what the server has and this device did not know of yet', async () => {
    const { timeline, chat } = longConversation(1, [], LAST - 500);
    await timeline.begin(LAST + 7);
    expect(timeline.getSnapshot().focus).toEqual({ seq: LAST });
    expect(seqs(timeline).at(-1)).toBe(LAST);
    expect(chat.log.head).toBe(LAST - 500);
    expect(chat.isBehind).toBe(true);
  });

  it('in which nothing was ever written shows the first message after a jump too', async () => {
    const { timeline, chat } = longConversation(1, [], 0, 0);
    await timeline.begin(7);
    expect(timeline.getSnapshot()).toMatchObject({ messages: [], focus: null, hasNewer: false });
    chat.receive([said(1)]);
    timeline.invalidate();
    expect(seqs(timeline)).toEqual([1]);
  });

  it('shows what was asked for last, however slowly what was asked before it comes', async () => {
    const { timeline, slow } = longConversation();
    await timeline.begin('latest');
    const answer = slow();
    const jump = timeline.jumpTo(100);
    const later = timeline.jumpTo(LAST - 10);
    await later;
    expect(timeline.getSnapshot()).toMatchObject({ focus: { seq: LAST - 10 }, hasNewer: false, loading: null });
    answer();
    await jump;
    expect(timeline.getSnapshot()).toMatchObject({ focus: { seq: LAST - 10 }, hasNewer: false });

    const refuse = slow(new DunlinError('network'));
    const given = [timeline.jumpTo(300), timeline.loadOlder()];
    expect(timeline.getSnapshot().loading).toBe('older');
    timeline.jumpToLatest();
    expect(timeline.getSnapshot().loading).toBeNull();
    const before = seqs(timeline);
    refuse();
    await Promise.all(given);
    expect(timeline.getSnapshot()).toMatchObject({ focus: null, hasNewer: false, error: null });
    expect(seqs(timeline)).toEqual(before);
  });

  it('says that it loads until all is loaded', async () => {
    const { timeline, slow } = longConversation();
    await timeline.begin('latest');
    const jumped = slow();
    const jump = timeline.jumpTo(500);
    const loaded = slow();
    const older = timeline.loadOlder();
    loaded();
    await older;
    expect(timeline.getSnapshot().loading).toBe('around');
    jumped();
    await jump;
    expect(timeline.getSnapshot()).toMatchObject({ loading: null, focus: { seq: 500 } });
  });

  it('that one jumps in while it begins stays there', async () => {
    const { timeline, slow } = longConversation();
    const first = slow();
    const begun = timeline.begin('latest');
    const second = slow();
    const jump = timeline.jumpTo(500);
    first();
    await begun;
    expect(timeline.getSnapshot().loading).toBe('around');
    second();
    await jump;
    expect(timeline.getSnapshot()).toMatchObject({ focus: { seq: 500 }, hasNewer: true });
  });

  it('that stays at the newest end moves nothing by itself, and lets go of the oldest when it is told to', async () => {
    const { timeline, chat } = longConversation();
    await timeline.begin('latest');
    const [first] = seqs(timeline);
    chat.receive(between(LAST + 1, LAST + 3000));
    timeline.invalidate();
    expect(seqs(timeline)[0]).toBe(first);
    timeline.jumpToLatest();
    expect(seqs(timeline)).toHaveLength(600);
    expect(timeline.getSnapshot()).toMatchObject({ hasOlder: true, hasNewer: false, focus: null });
    await timeline.loadOlder();
    expect(seqs(timeline).length).toBeGreaterThan(600);
    expectWhole(timeline);
  });

  it('shows the newest when its person is back, wherever it was when they went', async () => {
    const { timeline, replace } = longConversation();
    await timeline.begin(300);
    replace(undefined);
    expect(timeline.getSnapshot()).toMatchObject({ messages: [], conversation: undefined });
    replace(LAST);
    expect(timeline.getSnapshot()).toMatchObject({ focus: null, hasNewer: false, hasOlder: true });
    expect(seqs(timeline)).toEqual([LAST]);
    await timeline.loadOlder();
    expect(seqs(timeline)).toHaveLength(51);
    expectWhole(timeline);
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

describe('What has failed', () => {
  const keys = (timeline: Timeline): string[] => timeline.getSnapshot().messages.map(({ key }) => key);

  it('stays where it was when it did: what comes later comes after it, what is pending stays last', async () => {
    const entries = [failed('one', LAST), failed('two', LAST), { ...failed('waits'), status: 'pending' as const }];
    const { timeline, chat } = longConversation(1, entries);
    await timeline.begin('latest');
    chat.receive([said(LAST + 1)]);
    timeline.invalidate();
    expect(keys(timeline).slice(-5)).toEqual([`m${LAST}`, 'one', 'two', `m${LAST + 1}`, 'waits']);
  });

  it('is at the end when nobody knows what was there before it', async () => {
    const { timeline } = longConversation(1, [failed('one')]);
    await timeline.begin('latest');
    expect(keys(timeline).slice(-2)).toEqual([`m${LAST}`, 'one']);
  });

  it('is not shown where other messages are that have nothing to do with it', async () => {
    const { timeline } = longConversation(1, [failed('one', LAST)]);
    await timeline.begin(100);
    expect(keys(timeline)).not.toContain('one');
    timeline.jumpToLatest();
    expect(keys(timeline).at(-1)).toBe('one');
  });
});
