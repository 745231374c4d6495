import { Logger } from '@nestjs/common';
import {
  DunlinError,
  eventOf,
  TOPICS,
  type EventEnvelope,
  type RpcRequest,
  type Submission,
  type SessionId,
  type UserId,
} from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { Handlers } from '../handlers.js';
import type { DeadLetters } from './dead-letters.js';
import { EventRecords } from './event-records.js';
import { encode, HEADERS, type InRecord, type OutRecord } from './record.js';
import type { Replies } from './replies.js';
import { RequestRecords } from './request-records.js';
import { requestContext, Seal } from './seal.js';

const NOW = 1_700_000_000_000;

class SetClock extends Clock {
  time = NOW;
  override now(): number {
    return this.time;
  }
}

const clock = new SetClock();
const seal = new Seal('a secret');
const buried: string[] = [];
const deadLetters = { bury: async (_: InRecord, why: string) => void buried.push(why) } as unknown as DeadLetters;
const replies: OutRecord[] = [];
const sent = { send: async (record: OutRecord) => void replies.push(record) } as unknown as Replies;
const caller = { userId: 'u' as UserId, sessionId: 's' as SessionId };

let offset = 0;
const record = (pattern: string | undefined, value: Buffer | null, headers: Record<string, string> = {}): InRecord => ({
  topic: TOPICS.userEvents,
  partition: 0,
  offset: offset++,
  key: 'k',
  value,
  headers: { ...(pattern === undefined ? {} : { [HEADERS.pattern]: Buffer.from(pattern) }), ...headers },
  timestamp: NOW,
});

beforeAll(() => Logger.overrideLogger(false));
beforeEach(() => {
  clock.time = NOW;
  buried.length = 0;
  replies.length = 0;
});

describe('requests from Kafka', () => {
  const seen: unknown[] = [];
  const handlers = new Handlers();
  const topic = TOPICS.userRequests;
  handlers.add('open', async (request: RpcRequest<unknown>) => (seen.push(request.data), { ok: 1 }), false, { topic });
  const takesLate = async (request: RpcRequest<unknown>) => (seen.push(request.data), { ok: 1 });
  handlers.add('late', takesLate, false, { topic, late: true });
  handlers.add('guarded', async () => 'in', false, { topic, authed: true });
  handlers.add('sealed', async () => ({ token: 'very secret' }), false, { topic, sealed: true });
  handlers.add('refuses', async () => Promise.reject(new DunlinError('conflict')), false, { topic });
  handlers.add(
    'many',
    async (submissions: Submission[]) => {
      seen.push(submissions.length);
      for (const { request, settle, back } of submissions)
        if (request.data === 'bad') settle(new DunlinError('conflict'));
        else {
          if (back && request.data === 'told') Object.assign(back, { told: true });
          settle(undefined, request.data);
        }
    },
    false,
    { topic, authed: true, batched: true, late: true },
  );
  let willing = false;
  const sometimes = async () => (willing ? 'done' : Promise.reject(new DunlinError('conflict')));
  handlers.add('sometimes', sometimes, false, { topic });
  const reads = async () => Promise.reject(new DunlinError('not_found'));
  handlers.add('reads', reads, false, { topic, refusedAtOnce: true });
  handlers.add('fails', async () => Promise.reject(new DunlinError('unavailable')), false, { topic });
  let requests: RequestRecords;
  const ask = (pattern: string, request: Partial<RpcRequest<unknown>> = {}): InRecord =>
    record(
      pattern,
      encode({ requestId: 'r', traceId: 't', deadline: NOW + 1000, caller: null, data: 'x', ...request }),
      back,
    );
  const back = { [HEADERS.replyTopic]: 'dunlin.replies.g', [HEADERS.correlationId]: 'c1' };
  /** Handles a record and commits its place. */
  const take = async (one: InRecord): Promise<void> => (await requests.handle(one))?.();
  beforeEach(() => {
    requests = new RequestRecords(handlers, sent, deadLetters, seal, clock);
    seen.length = 0;
  });
  const answer = (): unknown => {
    const reply = replies[0];
    const error = reply?.headers[HEADERS.error];
    return error === undefined ? JSON.parse(reply?.value.toString() ?? '') : (JSON.parse(error) as DunlinError).code;
  };

  it('are answered to the topic and under the number that they came with', async () => {
    await requests.handle(ask('open'));
    expect(replies).toMatchObject([
      { topic: 'dunlin.replies.g', partition: 0, headers: { [HEADERS.correlationId]: 'c1' } },
    ]);
    expect(answer()).toEqual({ ok: 1 });
  });

  it('begin before the next one is taken', () => {
    void requests.handle(ask('open', { data: 1 }));
    void requests.handle(ask('open', { data: 2 }));
    expect(seen).toEqual([1, 2]);
  });

  it('are refused, by code, once they cannot come again', async () => {
    const tell = await requests.handle(ask('refuses'));
    expect(replies).toEqual([]);
    tell?.();
    expect(answer()).toBe('conflict');
  });

  it('that were answered along with an event have no other answer, and those beside them have theirs', async () => {
    await Promise.all(['told', 'x'].map((data) => requests.handle(ask('many', { caller, data }))));
    expect(replies).toHaveLength(1);
    expect(answer()).toBe('x');
  });

  it('that only read are refused at once', async () => {
    await requests.handle(ask('reads'));
    expect(answer()).toBe('not_found');
  });

  it('that were refused are refused again when a producer has sent them twice', async () => {
    const headers = { ...back, [HEADERS.correlationId]: 'twice' };
    await take({ ...ask('sometimes'), headers: { ...ask('sometimes').headers, ...headers } });
    replies.length = 0;
    willing = true;
    await take({ ...ask('sometimes'), headers: { ...ask('sometimes').headers, ...headers } });
    expect(answer()).toBe('conflict');
    replies.length = 0;
    await take({ ...ask('sometimes'), headers: { ...ask('sometimes').headers, [HEADERS.correlationId]: 'another' } });
    expect(answer()).toBe('done');
  });

  it('of which nobody knows whether they acted are answered at once', async () => {
    await requests.handle(ask('fails'));
    expect(answer()).toBe('unavailable');
  });

  it('are neither handled nor answered past their deadline', async () => {
    await requests.handle(ask('open', { deadline: NOW - 1 }));
    expect([seen, replies]).toEqual([[], []]);
  });

  it('reach the handler that wants them past their deadline, and nobody is answered', async () => {
    await requests.handle(ask('late', { deadline: NOW - 1 }));
    expect([seen, replies]).toEqual([['x'], []]);
  });

  it('without a caller do not reach a guarded handler', async () => {
    await take(ask('guarded'));
    expect(answer()).toBe('unauthenticated');
    replies.length = 0;
    const known = ask('guarded', { caller });
    await take({ ...known, headers: { ...known.headers, [HEADERS.correlationId]: 'c2' } });
    expect(answer()).toBe('in');
  });

  it('that nobody answers here are refused', async () => {
    await requests.handle(ask('unknown'));
    expect(answer()).toBe('internal');
  });

  it('that cannot be read are refused and put aside', async () => {
    await requests.handle(record('open', Buffer.from('{'), back));
    expect(answer()).toBe('internal');
    expect(buried).toEqual(['not readable']);
  });

  it('that nobody could be answered for are put aside', async () => {
    await requests.handle(record('open', encode({})));
    expect([buried, replies]).toEqual([['no request'], []]);
  });

  it('of a batched handler reach it together, and each is answered by itself', async () => {
    const records = ['a', 'bad', 'c'].map((data) => ask('many', { caller, data }));
    const late = ask('many', { caller, data: 'late', deadline: NOW - 1 });
    await Promise.all([...records, late, ask('many')].map(take));
    expect(seen).toEqual([4]);
    const answers = replies.map(({ value, headers: { [HEADERS.error]: error } }): unknown =>
      error === undefined ? JSON.parse(value.toString()) : (JSON.parse(error) as DunlinError).code,
    );
    expect(answers.sort()).toEqual(['a', 'c', 'conflict', 'unauthenticated']);
  });

  it('of a batched handler are not overtaken by another of their topic', async () => {
    const data = (value: string): InRecord => ask('many', { caller, data: value });
    await Promise.all(
      [data('a'), data('b'), ask('open', { data: 'change' }), data('c')].map((one) => requests.handle(one)),
    );
    expect(seen).toEqual([2, 'change', 1]);
  });

  it('for credentials are not taken in the open, and their answers are sealed', async () => {
    await requests.handle(ask('sealed'));
    expect([answer(), buried]).toEqual(['internal', ['not readable']]);
    replies.length = 0;
    const plain = ask('sealed');
    await requests.handle({ ...plain, value: seal.seal(plain.value!, requestContext('sealed', 'c1')) });
    expect(replies[0]?.headers[HEADERS.sealed]).toBe('1');
    expect(replies[0]?.value.includes('secret')).toBe(false);
  });
});

describe('events from Kafka', () => {
  const happened = eventOf(TOPICS.userEvents)<{ n: number }>('happened', () => 'k');
  const told: number[] = [];
  let fail: (n: number) => void;
  let stopped = false;
  const handlers = new Handlers();
  handlers.add(
    happened.pattern,
    async ({ data }: EventEnvelope<{ n: number }>) => {
      fail(data.n);
      told.push(data.n);
    },
    true,
    { topic: happened.topic },
  );
  const events = new EventRecords(handlers, deadLetters, clock, () => stopped);
  const tell = (n: number): InRecord => record(happened.pattern, encode({ traceId: 't', data: { n } }));
  beforeEach(() => {
    told.length = 0;
    stopped = false;
    fail = () => undefined;
  });

  it('keep the order of their key, even when one has to be told again', async () => {
    let failures = 2;
    fail = (n) => {
      if (n === 1 && failures-- > 0) throw new DunlinError('unavailable');
    };
    await Promise.all([1, 2, 3].map(async (n) => events.handle(tell(n))));
    expect(told).toEqual([1, 2, 3]);
    expect(buried).toEqual([]);
  });

  it('that nobody listens to pass', () => {
    expect(events.handle(record('other', encode({})))).toBeUndefined();
  });

  it('that cannot be read are put aside at once', async () => {
    await events.handle(record(happened.pattern, Buffer.from('{')));
    await events.handle(record(happened.pattern, null));
    await events.handle(record(undefined, encode({})));
    expect(buried).toEqual(['not readable', 'not readable', 'no event']);
  });

  it('that always fail are put aside, and those behind them go on', async () => {
    fail = (n) => {
      if (n === 1) throw new TypeError('a mistake');
    };
    await Promise.all([events.handle(tell(1)), events.handle(tell(2))]);
    expect([told, buried]).toEqual([[2], ['happened failed']]);
  });

  it('that fail for a reason which passes are put aside only when they are worth nothing any more', async () => {
    let tries = 0;
    fail = () => {
      if (++tries === 4) clock.time = NOW + 25 * 3600 * 1000;
      throw new DunlinError('unavailable');
    };
    await events.handle(tell(1));
    expect([tries, buried]).toEqual([4, ['happened failed']]);
  });

  it('are left where they are when the process ends', async () => {
    fail = () => {
      stopped = true;
      throw new DunlinError('unavailable');
    };
    await expect(events.handle(tell(1))).rejects.toThrow();
    expect(buried).toEqual([]);
  });
});
