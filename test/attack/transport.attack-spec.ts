import { randomUUID } from 'node:crypto';
import { userRpc, type RpcRequest } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { Kafka, logLevel } from 'kafkajs';
import type { DeadLetters } from '../../libs/transport/src/kafka/dead-letters.js';
import { encode, HEADERS, type InRecord, type OutRecord } from '../../libs/transport/src/kafka/record.js';
import type { Replies } from '../../libs/transport/src/kafka/replies.js';
import { RequestRecords } from '../../libs/transport/src/kafka/request-records.js';
import { requestContext, Seal } from '../../libs/transport/src/kafka/seal.js';
import { Handlers } from '../../libs/transport/src/handlers.js';
import { claimsOf } from './forge.js';
import { PASSWORD, person, Visitor } from '../support/person.js';
import { expectTrouble, sharedServer } from '../support/server.js';

/** Everything that takes or gives a password or a token. */
const CREDENTIALS = [userRpc.register, userRpc.login, userRpc.refresh, userRpc.changePassword];
const SECRET = 'Vb8kQm2xTz6Rw4Yc9Lf3Hn7Jd5Gs1Pa0';

describe('A request in Kafka that holds credentials', () => {
  const done: unknown[] = [];
  const buried: string[] = [];
  const replies: OutRecord[] = [];
  const handlers = new Handlers();
  for (const { pattern, topic, authed, sealed } of CREDENTIALS)
    handlers.add(pattern, async (request: RpcRequest<unknown>) => (done.push(request), 'done'), false, {
      topic,
      authed,
      sealed,
    });
  const records = new RequestRecords(
    handlers,
    { send: async (record: OutRecord) => void replies.push(record) } as unknown as Replies,
    { bury: async (_: InRecord, why: string) => void buried.push(why) } as unknown as DeadLetters,
    new Seal(SECRET),
    new Clock(),
  );
  const request = (): Buffer =>
    encode({
      traceId: 'forged-trace',
      deadline: Date.now() + 60_000,
      caller: { userId: 'victim', sessionId: 's' },
      data: {},
    });
  const record = (pattern: string, correlationId: string, value: Buffer | null): InRecord => ({
    topic: userRpc.login.topic,
    partition: 0,
    offset: 0,
    key: null,
    value,
    headers: {
      [HEADERS.pattern]: pattern,
      [HEADERS.correlationId]: correlationId,
      [HEADERS.replyTopic]: 'r',
      [HEADERS.sealed]: '1',
    },
    timestamp: Date.now(),
  });

  beforeEach(() => {
    for (const list of [done, buried, replies]) list.length = 0;
  });

  it.each(CREDENTIALS.map(({ pattern }) => pattern))(
    '[A55] %s is done for nobody who has not the key',
    async (pattern) => {
      const id = randomUUID();
      const own = new Seal(SECRET);
      const tampered = own.seal(request(), requestContext(pattern, id));
      tampered[tampered.length - 20] = (tampered[tampered.length - 20] as number) ^ 1;
      const other = CREDENTIALS.find((one) => one.pattern !== pattern)?.pattern as string;
      const forged: [string, Buffer | null][] = [
        ['in the open', request()],
        ['with another key', new Seal('another secret, long enough').seal(request(), requestContext(pattern, id))],
        ['of another pattern', own.seal(request(), requestContext(other, id))],
        ['of another request, sent again', own.seal(request(), requestContext(pattern, randomUUID()))],
        ['changed on its way', tampered],
        ['cut', tampered.subarray(0, 20)],
        ['empty', Buffer.alloc(0)],
        ['nothing', null],
      ];
      for (const [, value] of forged) await records.handle(record(pattern, id, value));
      expect(done).toEqual([]);
      expect(buried).toEqual(forged.map(() => 'not readable'));
      expect(replies.every(({ headers }) => JSON.parse(headers[HEADERS.error] as string).code === 'internal')).toBe(
        true,
      );
      // the same request, rightly sealed, is done: it was the seal
      await records.handle(record(pattern, id, own.seal(request(), requestContext(pattern, id))));
      expect(done).toHaveLength(1);
    },
  );
});

const split = sharedServer().kind === 'split';

(split ? describe : describe.skip)('Who can write to the broker', () => {
  it('[A55] changes no password without the server’s key', async () => {
    const ann = await person();
    // the service says so, as it should
    expectTrouble(/was put aside: not readable/);
    const kafka = new Kafka({
      brokers: (process.env['KAFKA_BROKERS'] as string).split(','),
      logLevel: logLevel.NOTHING,
    });
    const replyTopic = `dunlin.replies.forger-${randomUUID().slice(0, 8)}`;
    const [admin, producer, consumer] = [kafka.admin(), kafka.producer(), kafka.consumer({ groupId: replyTopic })];
    await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
    try {
      await admin.createTopics({ topics: [{ topic: replyTopic, numPartitions: 1 }], waitForLeaders: true });
      await consumer.subscribe({ topic: replyTopic, fromBeginning: true });
      const id = randomUUID();
      const answer = new Promise<string>((resolve) => {
        void consumer.run({ eachMessage: async ({ message }) => resolve(String(message.headers?.[HEADERS.error])) });
      });
      const { sub, sid } = claimsOf(ann.token);
      const value = encode({
        traceId: 'forged-trace',
        requestId: id,
        deadline: Date.now() + 60_000,
        caller: { userId: sub, sessionId: sid },
        data: { currentPassword: PASSWORD, newPassword: 'the forger’s password' },
      });
      const headers = {
        [HEADERS.pattern]: userRpc.changePassword.pattern,
        [HEADERS.correlationId]: id,
        [HEADERS.replyTopic]: replyTopic,
      };
      await producer.send({ topic: userRpc.changePassword.topic, messages: [{ value, headers }] });
      expect(JSON.parse(await answer)).toMatchObject({ code: 'internal' });
      expect((await new Visitor().login(ann.user.username, PASSWORD)).id).toBe(ann.id);
    } finally {
      await Promise.all([producer.disconnect(), consumer.disconnect()]);
      await admin.deleteTopics({ topics: [replyTopic] });
      await admin.disconnect();
    }
  });
});
