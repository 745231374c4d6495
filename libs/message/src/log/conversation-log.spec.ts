import {
  directConversationId,
  DunlinError,
  groupConversationId,
  messageId,
  type Caller,
  type GroupChange,
  type GroupId,
  type MediaId,
  type SendCommand,
  type SendResult,
  type SessionId,
  type UserId,
} from '@dunlin/contracts';
import { activeTraceId, runInTrace } from '@dunlin/platform';
import { openTemporary, type Database } from '@dunlin/storage';
import { ConversationsService } from '../conversation/conversations.service.js';
import { Views } from '../conversation/views.js';
import { HistoryService } from '../history/history.service.js';
import { messageSchema } from '../message.schema.js';
import { FixedClock, RecordingBus, text } from '../testing/log-world.js';
import { ConversationLog } from './conversation-log.js';

const ann = 'ann' as UserId;
const bob = 'bob' as UserId;
const cleo = 'cleo' as UserId;
const group = 'birds' as GroupId;
const room = groupConversationId(group);
const direct = directConversationId(ann, bob);
const as = (userId: UserId): Caller => ({ userId, sessionId: 's' as SessionId });

describe('A conversation’s log', () => {
  let db: Database;
  let close: () => Promise<void>;
  let bus: RecordingBus;
  let clock: FixedClock;
  let log: ConversationLog;
  let history: HistoryService;
  let conversations: ConversationsService;

  beforeEach(async () => {
    ({ db, close } = await openTemporary(messageSchema));
    bus = new RecordingBus();
    clock = new FixedClock();
    log = new ConversationLog(db, bus, clock);
    const views = new Views(db);
    history = new HistoryService(db, views, bus);
    conversations = new ConversationsService(db, views, bus);
    await log.applyTie({ userIds: [ann, bob], version: 1, friends: true, blockedBy: [] });
  });

  afterEach(async () => {
    await log.onApplicationShutdown();
    await close();
  });

  const send = (
    command: SendCommand,
    caller: Caller,
    { to = log, timeoutMs = 5000 }: { to?: ConversationLog; timeoutMs?: number } = {},
  ): Promise<SendResult> =>
    new Promise((resolve, reject) => {
      const traceId = activeTraceId() ?? 'trace';
      const request = { requestId: traceId, traceId, deadline: clock.at + timeoutMs, caller, data: command };
      to.send([{ request, settle: (error, result) => (error ? reject(error) : resolve(result as SendResult)) }]);
    });
  const sendLate = (command: SendCommand, caller: Caller): Promise<SendResult> =>
    send(command, caller, { timeoutMs: -1 });
  const changeOf = (version: number, rest: Partial<GroupChange>): GroupChange => ({
    id: `change-${version}`,
    groupId: group,
    version,
    actorId: ann,
    at: new Date(clock.at).toISOString(),
    announcements: [],
    ...rest,
  });
  const change = (version: number, rest: Partial<GroupChange>): Promise<{ version: number }> =>
    log.applyGroupChange(changeOf(version, rest));
  const found = (...userIds: UserId[]): Promise<{ version: number }> =>
    change(1, { joined: userIds, announcements: [{ event: 'created', name: 'Birds' }] });
  const seqsOf = async (userId: UserId, id = room): Promise<number[]> =>
    (await history.page(id, userId, { afterSeq: 0 }, 200)).messages.map((message) => message.seq);

  it('gives out 1, 2, 3, … without a hole and in the order of sending, however many come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, i) => send(text(direct, `m${i}`), as(i % 2 ? ann : bob))),
    );
    expect(answers.map((answer) => answer.seq)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
    expect(bus.committed.map((item) => item.message.seq)).toEqual(answers.map((answer) => answer.seq));
  });

  it('answers a repeat with the first result and stores it once, at the same time or later', async () => {
    const together = await Promise.all(Array.from({ length: 20 }, () => send(text(direct, 'x'), as(ann))));
    const later = await send(text(direct, 'x'), as(ann));
    expect(new Set([...together, later].map((answer) => answer.messageId)).size).toBe(1);
    expect(together.filter((answer) => !answer.duplicate)).toHaveLength(1);
    expect(later.duplicate).toBe(true);
    expect(await seqsOf(ann, direct)).toEqual([1]);
  });

  it('lets the others of a batch pass when one of them is a repeat', async () => {
    await send(text(direct, 'a'), as(ann));
    const answers = await Promise.all(['b', 'a', 'c'].map((id) => send(text(direct, id), as(ann))));
    expect(answers.map((answer) => [answer.seq, answer.duplicate])).toEqual([
      [2, false],
      [1, true],
      [3, false],
    ]);
  });

  it('refuses other content under a used id', async () => {
    await send(text(direct, 'x', 'one'), as(ann));
    await expect(send(text(direct, 'x', 'two'), as(ann))).rejects.toMatchObject({ code: 'idempotency_conflict' });
    const racing = await Promise.allSettled([
      send(text(direct, 'y', 'one'), as(ann)),
      send(text(direct, 'y', 'two'), as(ann)),
    ]);
    expect(racing.map((result) => result.status)).toEqual(['fulfilled', 'rejected']);
  });

  it('compares what came under a used id with what was stored, at the same time or later', async () => {
    await db.transaction(async (tx) =>
      tx.query(
        'INSERT INTO media (id, uploaderId, mime, size, hasThumbnail, name, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?)',
        ['m1', ann, 'text/plain', 3, 0, 'notes.txt', clock.at],
      ),
    );
    const file = (clientMsgId: string, name?: string): SendCommand => ({
      ...text(direct, clientMsgId),
      type: 'file',
      content: { mediaId: 'm1' as MediaId, ...(name === undefined ? {} : { name }) },
    });
    const codes = async (...commands: SendCommand[]): Promise<unknown[]> =>
      Promise.all(
        commands.map((command) =>
          send(command, as(ann)).then(
            ({ duplicate }) => duplicate,
            (error: DunlinError) => error.code,
          ),
        ),
      );
    const together = await codes(file('f'), file('f', 'notes.txt'), file('f', 'other.txt'));
    expect(together).toEqual([false, true, 'idempotency_conflict']);
    expect(await codes(file('f', 'notes.txt'), file('f', 'other.txt'))).toEqual([true, 'idempotency_conflict']);
    const reply = (id: string): SendCommand => ({ ...text(direct, 'r'), replyTo: { messageId: id, seq: 1 } });
    expect(await codes(reply(messageId(direct, 1)), reply('another'))).toEqual([false, 'idempotency_conflict']);
    expect(await codes(reply('another'))).toEqual(['idempotency_conflict']);
  });

  it('answers what is no send by itself, and stores the others of its turn', async () => {
    const outcomes: string[] = [];
    const submission = (data: unknown): Parameters<ConversationLog['send']>[0][number] => ({
      request: { requestId: 'r', traceId: 't', deadline: clock.at + 1000, caller: as(ann), data: data as SendCommand },
      settle: (error, result) => void outcomes.push(error?.code ?? `stored ${result?.seq}`),
    });
    const broken = { ...text(direct, 'x'), content: {} };
    log.send([text(direct, 'a'), null, broken, text(direct, 'b')].map(submission));
    expect(outcomes).toEqual(['internal', 'internal']);
    expect(await send(text(direct, 'c'), as(ann))).toMatchObject({ seq: 3 });
    expect(outcomes.sort()).toEqual(['internal', 'internal', 'stored 1', 'stored 2']);
  });

  it('lets no client take the place of what the log says about a change', async () => {
    await found(ann, bob);
    for (const id of ['change:2:0', 'change:change-2:0']) await send(text(room, id), as(ann));
    const left = { left: [bob], announcements: [{ event: 'member_left' as const, userId: bob }] };
    expect(await log.applyGroupChange({ ...changeOf(2, left), id: 'drawn at random' })).toEqual({ version: 2 });
    await expect(send(text(room, 'x'), as(bob))).rejects.toMatchObject({ code: 'not_a_member' });
  });

  it('tells again of a change that says much in its order', async () => {
    await change(1, { joined: [ann, bob] });
    const many = changeOf(2, {
      joined: [cleo],
      announcements: Array.from({ length: 14 }, () => ({ event: 'member_joined' as const, userId: cleo })),
    });
    await log.applyGroupChange(many);
    bus.committed.length = 0;
    await log.applyGroupChange(many);
    expect(bus.committed.map(({ message }) => message.seq)).toEqual(Array.from({ length: 14 }, (_, i) => i + 1));
  });

  it('refuses a crowd under one id at once', async () => {
    const codes = await Promise.all(
      Array.from({ length: 150 }, (_, i) =>
        send(text(direct, 'x', `content ${i}`), as(ann)).then(
          () => 'stored',
          (error: DunlinError) => error.code,
        ),
      ),
    );
    const count = (wanted: string): number => codes.filter((code) => code === wanted).length;
    expect([count('stored'), count('idempotency_conflict'), count('busy')]).toEqual([1, 100, 49]);
  });

  it('the same id of two people is two messages', async () => {
    const [a, b] = await Promise.all([send(text(direct, 'x'), as(ann)), send(text(direct, 'x'), as(bob))]);
    expect([a?.seq, b?.seq].sort()).toEqual([1, 2]);
  });

  it('refuses strangers and the blocked, but answers what was sent before', async () => {
    await send(text(direct, 'before'), as(ann));
    await log.applyTie({ userIds: [ann, bob], version: 2, friends: false, blockedBy: [] });
    await expect(send(text(direct, 'after'), as(ann))).rejects.toMatchObject({ code: 'not_friends' });
    await log.applyTie({ userIds: [ann, bob], version: 3, friends: false, blockedBy: [bob] });
    await expect(send(text(direct, 'after'), as(ann))).rejects.toMatchObject({ code: 'blocked' });
    expect(await send(text(direct, 'before'), as(ann))).toMatchObject({ seq: 1, duplicate: true });
    await expect(send(text(direct, 'z'), as(cleo))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('does not go back to an older state of two people', async () => {
    await log.applyTie({ userIds: [ann, bob], version: 5, friends: false, blockedBy: [] });
    await log.applyTie({ userIds: [ann, bob], version: 4, friends: true, blockedBy: [] });
    await expect(send(text(direct, 'x'), as(ann))).rejects.toMatchObject({ code: 'not_friends' });
  });

  it('shows a joiner what was written since the join, and one who left nothing', async () => {
    await found(ann, bob);
    await send(text(room, 'early'), as(ann));
    await change(2, { joined: [cleo], announcements: [{ event: 'member_joined', userId: cleo }] });
    await send(text(room, 'late'), as(bob));
    expect(await seqsOf(cleo)).toEqual([3, 4]);
    await change(3, { left: [cleo], announcements: [{ event: 'member_left', userId: cleo }] });
    await expect(seqsOf(cleo)).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(text(room, 'no'), as(cleo))).rejects.toMatchObject({ code: 'not_a_member' });
    expect(await seqsOf(ann)).toEqual([1, 2, 3, 4, 5]);
  });

  it('counts a membership change once and only in its turn', async () => {
    await found(ann, bob);
    expect(await found(ann, bob)).toEqual({ version: 1 });
    expect(await change(3, { joined: [cleo] })).toEqual({ version: 1 });
    expect(await seqsOf(ann)).toEqual([1]);
  });

  it('puts a removal between two sends: the message before it is refused to nobody, the one after goes without them', async () => {
    await found(ann, bob, cleo);
    const [before, , after] = await Promise.all([
      send(text(room, 'before'), as(cleo)),
      change(2, { left: [cleo], announcements: [{ event: 'member_kicked', userId: cleo }] }),
      send(text(room, 'after'), as(cleo)).catch((error: { code: string }) => error.code),
    ]);
    expect(before.seq).toBe(2);
    expect(after).toBe('not_a_member');
  });

  it('tells former members from strangers when many of them write at once', async () => {
    const many = Array.from({ length: 300 }, (_, i) => `former${i}` as UserId);
    await found(ann, ...many);
    await change(2, { left: many });
    const codeOf = (userId: string): Promise<unknown> =>
      send(text(room, 'hello?'), as(userId as UserId)).catch((error: { code: string }) => error.code);
    const transactions = jest.spyOn(db, 'transaction');
    const codes = Promise.all([...many, ...many.map((userId) => `${userId}x`)].map(codeOf));
    expect(await codes).toEqual([...many.map(() => 'not_a_member'), ...many.map(() => 'not_found')]);
    expect(transactions).toHaveBeenCalledTimes(1);
  });

  it('shows who is removed while they read nothing that was written after that', async () => {
    await found(ann, bob);
    await send(text(room, 'before'), as(ann));
    /** Between the reader's membership and the messages, the reader is kicked and the others go on. */
    class SlowViews extends Views {
      override async get(...of: Parameters<Views['get']>): ReturnType<Views['get']> {
        const view = await super.get(...of);
        await change(2, { left: [bob], announcements: [{ event: 'member_kicked', userId: bob }] });
        await send(text(room, 'about bob'), as(ann));
        return view;
      }
    }
    const page = await new HistoryService(db, new SlowViews(db), bus).page(room, bob, { afterSeq: 0 }, 50);
    expect(page.messages.map((message) => message.seq)).toEqual([1, 2]);
    expect(page).toMatchObject({ lastSeq: 2, hasMore: false });
  });

  it('keeps the muted silent until their time is over', async () => {
    await found(ann, bob);
    await change(2, { muted: { userId: bob, until: new Date(clock.at + 1000).toISOString() } });
    await expect(send(text(room, 'x'), as(bob))).rejects.toMatchObject({ code: 'muted' });
    clock.at += 1001;
    await expect(send(text(room, 'x'), as(bob))).resolves.toMatchObject({ duplicate: false });
  });

  it('a dissolved group is not there any more', async () => {
    await found(ann, bob);
    await change(2, { dissolved: true, left: [ann, bob] });
    await expect(send(text(room, 'x'), as(ann))).rejects.toMatchObject({ code: 'not_found' });
    expect((await conversations.list(ann, { limit: 10 })).items).toEqual([]);
  });

  it('counts as unread what others wrote: not one’s own, not the system’s, and never what was read', async () => {
    await found(ann, bob);
    for (const id of ['1', '2', '3']) await send(text(room, id), as(ann));
    const unread = async (userId: UserId): Promise<number | undefined> =>
      (await conversations.list(userId, { limit: 10 })).items[0]?.unread;
    expect([await unread(ann), await unread(bob)]).toEqual([0, 3]);
    expect(await history.read(room, bob, 3)).toEqual({ readSeq: 3, unread: 1 });
    expect(await history.read(room, bob, 2)).toEqual({ readSeq: 3, unread: 1 });
    expect(await history.read(room, bob, 99)).toEqual({ readSeq: 4, unread: 0 });
    await send(text(room, 'mine'), as(bob));
    expect([await unread(ann), await unread(bob)]).toEqual([1, 0]);
  });

  it('takes a reply to what the sender can read and to nothing else', async () => {
    await found(ann, bob);
    await send(text(room, 'early'), as(ann));
    await change(2, { joined: [cleo], announcements: [{ event: 'member_joined', userId: cleo }] });
    const reply = (id: string, seq: number): SendCommand => ({
      ...text(room, id),
      replyTo: { messageId: messageId(room, seq), seq },
    });
    await expect(send(reply('a', 2), as(ann))).resolves.toMatchObject({ seq: 4 });
    await expect(send(reply('b', 2), as(cleo))).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(reply('c', 99), as(ann))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('tells of what it has committed even when the broker comes back late, and acks after that', async () => {
    bus.failures = 2;
    await send(text(direct, 'x'), as(ann));
    expect(bus.committed.map((item) => item.message.seq)).toEqual([1]);
  });

  it('tells of each message in the trace of its send', async () => {
    await log.applyTie({ userIds: [ann, cleo], version: 1, friends: true, blockedBy: [] });
    const other = directConversationId(ann, cleo);
    await Promise.all([
      runInTrace('trace-1', () => send(text(direct, 'c1'), as(ann))),
      runInTrace('trace-2', () => send(text(other, 'c2'), as(ann))),
      runInTrace('trace-3', () => send(text(direct, 'c3'), as(ann))),
    ]);
    const traces = bus.committed.map(({ message, traceId }) => [message.clientMsgId, traceId]);
    expect(Object.fromEntries(traces)).toEqual({ c1: 'trace-1', c2: 'trace-2', c3: 'trace-3' });
  });

  it('is not held up by a conversation that cannot be told of', async () => {
    bus.poison = direct;
    await found(ann, bob);
    bus.committed.length = 0;
    const together = [send(text(room, 'r1'), as(ann)), send(text(room, 'r2'), as(ann))];
    const stuck = send(text(direct, 'c1'), as(ann));
    await log.applyTie({ userIds: [ann, cleo], version: 1, friends: true, blockedBy: [] });
    expect(await send(text(directConversationId(ann, cleo), 'c2'), as(ann))).toMatchObject({ seq: 1 });
    expect(await stuck).toMatchObject({ seq: 1, duplicate: false });
    await Promise.all(together);
    expect(bus.committed.map(({ message }) => message.clientMsgId).sort()).toEqual(['c2', 'r1', 'r2']);
  });

  describe('after the process that stored something could not tell of it', () => {
    /** What a process did that ended between its commit and the broker. */
    const lost = async (work: (log: ConversationLog) => Promise<unknown>): Promise<void> => {
      bus.failures = Infinity;
      const first = new ConversationLog(db, bus, clock);
      const outcome = work(first).catch((error: DunlinError) => error.code);
      // stopping ends its tries
      await first.onApplicationShutdown();
      expect(await outcome).toBe('unavailable');
      bus.failures = 0;
      bus.committed.length = 0;
    };

    it('a send that comes again is told of, though nobody waits for it any more', async () => {
      await lost((first) => send(text(direct, 'c1'), as(ann), { to: first }));
      expect(await sendLate(text(direct, 'c1'), as(ann))).toMatchObject({ seq: 1, duplicate: true });
      expect(bus.committed).toMatchObject([{ message: { seq: 1, clientMsgId: 'c1' }, repeated: true }]);
    });

    it('a send that was not stored is not stored late, and does not end the retry that is under way', async () => {
      const late = sendLate(text(direct, 'c1'), as(ann));
      const retry = send(text(direct, 'c1'), as(ann));
      await expect(late).rejects.toMatchObject({ code: 'timeout' });
      expect(await retry).toMatchObject({ seq: 1, duplicate: false });
      expect(bus.committed).toHaveLength(1);
    });

    it('a change of a group that comes again is told of', async () => {
      await change(1, { joined: [ann, bob] });
      const join = changeOf(2, { joined: [cleo], announcements: [{ event: 'member_joined', userId: cleo }] });
      await lost((first) => first.applyGroupChange(join));
      expect(await log.applyGroupChange(join)).toEqual({ version: 2 });
      expect(bus.committed).toMatchObject([{ message: { content: { event: 'member_joined' } }, repeated: true }]);
    });
  });

  it('lists what is new since the client’s cursors, and conversations it does not know', async () => {
    await found(ann, bob);
    await send(text(direct, 'x'), as(ann));
    const all = await history.sync(bob, {});
    expect(all.conversations.map((conversation) => conversation.id).sort()).toEqual([direct, room].sort());
    expect((await history.sync(bob, { [direct]: 1, [room]: 1 })).conversations).toEqual([]);
    await send(text(room, 'y'), as(ann));
    expect((await history.sync(bob, { [direct]: 1, [room]: 1 })).conversations).toEqual([
      { id: room, lastSeq: 2, readSeq: 0, unread: 1 },
    ]);
  });
});
