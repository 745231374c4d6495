import { setImmediate } from 'node:timers/promises';
import {
  groupConversationId,
  messageId,
  RpcClient,
  type Audience,
  type CommittedMessage,
  type GroupId,
  type Message,
  type SessionId,
  type UserId,
} from '@dunlin/contracts';
import { Audiences } from './audiences.js';
import { Connections } from './connections.js';
import { Emitter } from './emitter.js';
import { FanOut } from './fan-out.js';
import type { ImSocket } from './im-socket.js';

const room = groupConversationId('birds' as GroupId);

class FakeRpc extends RpcClient {
  asked = 0;
  constructor(public audience: Audience) {
    super();
  }
  override async call<Result>(): Promise<Result> {
    this.asked++;
    return this.audience as Result;
  }
}

/** A socket of which only what fan-out touches is there; it remembers what was written to it. */
class Device {
  readonly packets: string[] = [];
  readonly socket: ImSocket;

  constructor(userId: string, id: string, connections: Connections) {
    this.socket = {
      id,
      data: { caller: { userId: userId as UserId, sessionId: 's' as SessionId }, checkAt: 0 },
      conn: { transport: { name: 'polling' }, writeBuffer: [] },
      client: { _packet: (encoded: string[]) => this.packets.push(...encoded) },
    } as unknown as ImSocket;
    connections.add(this.socket);
  }

  get messages(): Message[] {
    return this.packets.flatMap((packet) => (JSON.parse(packet.slice(packet.indexOf('['))) as [string, Message[]])[1]);
  }
  get seqs(): number[] {
    return this.messages.map((message) => message.seq);
  }
}

/** Lets everything that can go on do so. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 5; i++) await setImmediate();
}

const committed = (seq: number, version: number, rest: Partial<CommittedMessage> = {}): CommittedMessage => ({
  message: {
    id: messageId(room, seq),
    conversationId: room,
    seq,
    senderId: 'ann',
    clientMsgId: `c${seq}`,
    type: 'text',
    content: { text: 'x' },
    sentAt: '2026-11-23T00:00:00.000Z',
  },
  recipients: { version },
  ...rest,
});

const audience = (version: number, members: Record<string, number>): Audience => ({
  version,
  members: Object.entries(members).map(([userId, joinedSeq]) => ({ userId: userId as UserId, joinedSeq })),
});

describe('Fan-out', () => {
  let connections: Connections;
  let rpc: FakeRpc;
  let fanOut: FanOut;
  const commit = async (messages: CommittedMessage[]): Promise<void> => {
    await fanOut.committed(messages);
    await quiet();
  };
  const device = (userId: string, id = `${userId}-1`): Device => new Device(userId, id, connections);

  beforeEach(() => {
    connections = new Connections();
    rpc = new FakeRpc(audience(1, { ann: 1, bob: 1 }));
    fanOut = new FanOut(connections, new Audiences(rpc), new Emitter());
  });

  it('brings a commit to every device of every member as one packet', async () => {
    const [one, two, stranger] = [device('bob', 'b1'), device('bob', 'b2'), device('zoe')];
    await commit([committed(1, 1), committed(2, 1)]);
    expect([one?.seqs, two?.seqs, stranger?.seqs]).toEqual([[1, 2], [1, 2], []]);
    expect(one?.packets).toHaveLength(1);
  });

  it('spares the sending socket its own message and shows the client’s id to the sender’s devices alone', async () => {
    const [origin, other, bob] = [device('ann', 'a1'), device('ann', 'a2'), device('bob')];
    await commit([committed(1, 1, { originSocketId: 'a1' })]);
    expect(origin?.seqs).toEqual([]);
    expect(other?.messages[0]?.clientMsgId).toBe('c1');
    expect(bob?.messages[0]).not.toHaveProperty('clientMsgId');
  });

  it('follows the membership with the log, without asking again', async () => {
    const [bob, cleo] = [device('bob'), device('cleo')];
    await commit([committed(1, 1)]);
    await commit([
      committed(2, 2, { membership: { joined: ['cleo' as UserId], left: ['bob' as UserId] } }),
      committed(3, 2),
    ]);
    expect(bob?.seqs).toEqual([1]);
    expect(cleo?.seqs).toEqual([2, 3]);
    expect(rpc.asked).toBe(1);
  });

  it('asks before it emits when its knowledge is behind', async () => {
    const [bob, cleo] = [device('bob'), device('cleo')];
    await commit([committed(1, 1)]);
    rpc.audience = audience(3, { ann: 1, cleo: 5 });
    await commit([committed(6, 3)]);
    expect(bob?.seqs).toEqual([1]);
    expect(cleo?.seqs).toEqual([6]);
  });

  it('gives who joined later nothing of before, when its knowledge is ahead', async () => {
    const [bob, cleo] = [device('bob'), device('cleo')];
    rpc.audience = audience(2, { ann: 1, bob: 1, cleo: 3 });
    await commit([committed(2, 1)]);
    expect([bob?.seqs, cleo?.seqs]).toEqual([[2], []]);
  });

  it('shows a message once when its command came twice', async () => {
    const bob = device('bob');
    await commit([committed(1, 1), committed(2, 1)]);
    await commit([committed(1, 1, { repeated: true }), committed(3, 1)]);
    expect(bob.seqs).toEqual([1, 2, 3]);
  });

  it('gives a message that is told of again to nobody who joined after it', async () => {
    const [bob, cleo] = [device('bob'), device('cleo')];
    rpc.audience = audience(4, { ann: 1, bob: 1, cleo: 3 });
    // as after a restart: this gateway remembers nothing, and the repeat names today's version
    await commit([committed(2, 4, { repeated: true }), committed(4, 4)]);
    expect(bob?.seqs).toEqual([2, 4]);
    expect(cleo?.seqs).toEqual([4]);
  });

  it('does not take an answer from before a kick for one from after it', async () => {
    const [bob, mallory] = [device('bob'), device('mallory')];
    const answers: ((audience: Audience) => void)[] = [];
    rpc.call = <Result>() => new Promise<Result>((resolve) => answers.push(resolve as (audience: Audience) => void));
    const audiences = new Audiences(rpc);
    fanOut = new FanOut(connections, audiences, new Emitter());
    // somebody types: that asks who is there, and the answer is read before the kick
    const typing = audiences.atLeast(room, 0);
    const kick = committed(10, 6, { membership: { joined: [], left: ['mallory' as UserId] } });
    const told = commit([kick, committed(11, 6)]);
    answers.shift()?.(audience(5, { ann: 1, bob: 1, mallory: 1 }));
    await typing;
    while (answers.length === 0) await setImmediate();
    answers.shift()?.(audience(6, { ann: 1, bob: 1 }));
    await told;
    await quiet();
    expect([bob.seqs, mallory.seqs]).toEqual([[10, 11], []]);
  });

  it('gives a joiner nothing of before when it was told of them with an earlier version', async () => {
    const [bob, cleo] = [device('bob'), device('cleo')];
    rpc.audience = audience(5, { ann: 1, bob: 1, cleo: 8 });
    await commit([committed(7, 5)]);
    expect([bob.seqs, cleo.seqs]).toEqual([[7], []]);
  });
});
