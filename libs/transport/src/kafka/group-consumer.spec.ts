import { EventEmitter } from 'node:events';
import { Logger } from '@nestjs/common';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import { GroupConsumer, type GroupConsumerOptions } from './group-consumer.js';

type Position = { topic: string; partition: number; offset: string };

/** What kafkajs would do, as far as it is asked. */
class FakeConsumer extends EventEmitter {
  readonly events = { GROUP_JOIN: 'join', FETCH: 'fetch', CRASH: 'crash' };
  readonly seeks: string[] = [];
  readonly commits: string[] = [];
  readonly paused = new Set<number>();
  disconnected = false;
  beforeCommit?: () => void | Promise<void>;
  private eachBatch?: (payload: EachBatchPayload) => Promise<void>;

  constructor(
    readonly groupId: string,
    private readonly broken: boolean,
  ) {
    super();
  }
  async connect(): Promise<void> {
    if (this.broken) throw new Error('refused');
  }
  async subscribe(): Promise<void> {
    // always the same topic
  }
  async run({ eachBatch }: { eachBatch: (payload: EachBatchPayload) => Promise<void> }): Promise<void> {
    this.eachBatch = eachBatch;
    this.join('member');
  }
  async disconnect(): Promise<void> {
    this.disconnected = true;
  }
  async commitOffsets(positions: Position[]): Promise<void> {
    await this.beforeCommit?.();
    this.commits.push(...positions.map(({ partition, offset }) => `${partition}@${offset}`));
  }
  seek({ partition, offset }: Position): void {
    this.seeks.push(`${partition}@${offset}`);
  }
  pause([place]: { partitions?: number[] }[]): void {
    for (const partition of place?.partitions ?? []) this.paused.add(partition);
  }
  resume([place]: { partitions?: number[] }[]): void {
    for (const partition of place?.partitions ?? []) this.paused.delete(partition);
  }

  join(memberId: string, partitions = [0, 1]): void {
    this.emit('join', { payload: { memberId, memberAssignment: { t: partitions } } });
  }
  crash(): void {
    this.emit('crash', { payload: { error: new Error('gone') } });
  }
  async bring(partition: number, ...offsets: number[]): Promise<void> {
    const messages = offsets.map((offset) => ({ offset: String(offset), key: null, value: null, timestamp: '0' }));
    const batch = { topic: 't', partition, messages, firstOffset: () => String(offsets[0]) };
    await this.eachBatch?.({ batch, isStale: () => false } as unknown as EachBatchPayload);
  }
}

class FakeKafka {
  readonly consumers: FakeConsumer[] = [];
  refusals = 0;
  ends: [number, number] = [100, 200];
  consumer({ groupId }: { groupId: string }): Consumer {
    const consumer = new FakeConsumer(groupId, this.refusals-- > 0);
    this.consumers.push(consumer);
    return consumer as unknown as Consumer;
  }
  admin(): unknown {
    return {
      connect: async () => undefined,
      disconnect: async () => undefined,
      fetchTopicOffsets: async () => this.ends.map((high, partition) => ({ partition, high: String(high), low: '0' })),
    };
  }
  get last(): FakeConsumer {
    return this.consumers.at(-1) as FakeConsumer;
  }
}

const until = async (condition: () => boolean): Promise<void> => {
  for (const end = Date.now() + 4000; !condition();) {
    if (Date.now() > end) throw new Error('It did not come about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

describe('a member of a group', () => {
  let kafka: FakeKafka;
  let taken: string[];
  let release: (() => void)[];
  const open: GroupConsumer[] = [];

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    kafka = new FakeKafka();
    taken = [];
    release = [];
  });
  afterEach(async () => {
    for (const finish of release) finish();
    await Promise.all(open.splice(0).map((consumer) => consumer.stop()));
  });

  const start = async (options: Partial<GroupConsumerOptions> = {}): Promise<GroupConsumer> => {
    const consumer = new GroupConsumer({
      kafka: kafka as unknown as Kafka,
      name: 'test',
      groupId: 'g',
      topics: ['t'],
      exclusive: false,
      handle: ({ partition, offset }) => {
        taken.push(`${partition}@${offset}`);
        return new Promise((resolve) => release.push(resolve));
      },
      ...options,
    });
    open.push(consumer);
    await consumer.start();
    return consumer;
  };

  it('takes records in order without waiting for those before', async () => {
    await start();
    await kafka.last.bring(0, 5, 6, 7);
    expect(taken).toEqual(['0@5', '0@6', '0@7']);
  });

  it('commits what has finished, and nothing behind what has not', async () => {
    await start();
    await kafka.last.bring(0, 5, 6, 7);
    release[1]?.();
    release[0]?.();
    await until(() => kafka.last.commits.length > 0);
    expect(kafka.last.commits).toEqual(['0@7']);
  });

  describe('with something to tell once a record cannot come again', () => {
    const told: number[] = [];
    const tells = ({ offset }: { offset: number }) => {
      const work = new Promise<void>((resolve) => release.push(resolve));
      return work.then(() => () => void told.push(offset));
    };
    beforeEach(() => void told.splice(0));

    it('tells it at once after the commit, and no sooner', async () => {
      await start({ handle: tells });
      await kafka.last.bring(0, 5, 6);
      const toldAt: number[][] = [];
      kafka.last.beforeCommit = () => void toldAt.push([...told]);
      release[1]?.();
      // a commit of another place does not tell it either
      await kafka.last.bring(1, 9);
      release[2]?.();
      await until(() => told.length === 1);
      expect([told, kafka.last.commits]).toEqual([[9], ['1@10']]);
      release[0]?.();
      await until(() => told.length === 3);
      expect([told.sort(), toldAt, kafka.last.commits]).toEqual([
        [5, 6, 9],
        [[], [9]],
        ['1@10', '0@7'],
      ]);
    });

    it('tells it with the next commit when one fails', async () => {
      await start({ handle: tells });
      kafka.last.beforeCommit = () => {
        kafka.last.beforeCommit = undefined;
        throw new Error('rebalancing');
      };
      await kafka.last.bring(0, 5);
      release[0]?.();
      await until(() => told.length === 1);
      expect(kafka.last.commits).toEqual(['0@6']);
    });

    it.each([
      ['lost', 'member', [1]],
      ['got anew', 'another member', [0, 1]],
    ])('leaves it to the next owner when the partition was %s meanwhile', async (_, member, partitions) => {
      await start({ handle: tells });
      await kafka.last.bring(0, 5);
      kafka.last.beforeCommit = () => kafka.last.join(member, partitions);
      release[0]?.();
      await until(() => kafka.last.commits.length === 1);
      await kafka.last.bring(1, 9);
      kafka.last.beforeCommit = undefined;
      release[1]?.();
      await until(() => told.length === 1);
      expect(told).toEqual([9]);
    });

    it('tells it before it ends', async () => {
      const consumer = await start({ handle: tells });
      await kafka.last.bring(0, 5);
      const stopping = consumer.stop();
      release[0]?.();
      await stopping;
      expect(told).toEqual([5]);
    });
  });

  it('pauses a partition that has too much in work, and resumes it', async () => {
    await start({ maxInFlight: 2 });
    await kafka.last.bring(1, 0, 1, 2);
    expect([...kafka.last.paused]).toEqual([1]);
    release[0]?.();
    release[1]?.();
    await until(() => kafka.last.paused.size === 0);
  });

  it('goes on where it was with the partitions that it keeps in a rebalance', async () => {
    await start();
    await kafka.last.bring(0, 5, 6);
    await kafka.last.bring(1, 9);
    kafka.last.join('member', [1]);
    expect(kafka.last.seeks).toEqual(['1@10']);
  });

  it('leaves it to the broker where to begin when it joins anew', async () => {
    await start();
    await kafka.last.bring(0, 5);
    kafka.last.join('another member');
    expect(kafka.last.seeks).toEqual([]);
  });

  it('begins at the end of the topic when the group is its own, and commits nothing', async () => {
    await start({ exclusive: true });
    expect(kafka.last.seeks).toEqual(['0@100', '1@200']);
    await kafka.last.bring(0, 100);
    release[0]?.();
    expect(kafka.last.commits).toEqual([]);
  });

  it('misses nothing of an outage when the group is its own', async () => {
    await start({ exclusive: true });
    await kafka.last.bring(0, 100, 101);
    kafka.ends = [150, 200];
    kafka.last.crash();
    await until(() => kafka.consumers.length === 2 && kafka.last.seeks.length > 0);
    expect(kafka.last.seeks).toEqual(['0@102', '1@200']);
  });

  it('begins anew with a topic that was made anew', async () => {
    await start({ exclusive: true });
    kafka.ends = [3, 0];
    kafka.last.crash();
    await until(() => kafka.consumers.length === 2 && kafka.last.seeks.length > 0);
    expect(kafka.last.seeks).toEqual(['0@0', '1@0']);
  });

  it('waits for a broker that is not there yet', async () => {
    kafka.refusals = 2;
    const consumer = await start();
    expect([consumer.running, kafka.consumers.length]).toEqual([true, 3]);
    expect(kafka.consumers.slice(0, 2).every(({ disconnected }) => disconnected)).toBe(true);
  });

  it('says that it does not run while it is cut off', async () => {
    const consumer = await start();
    kafka.refusals = 1000;
    kafka.last.crash();
    expect(consumer.running).toBe(false);
  });

  it('ends when what it has begun has finished, and takes nothing more', async () => {
    const consumer = await start();
    await kafka.last.bring(0, 5);
    let stopped = false;
    const stopping = consumer.stop().then(() => {
      stopped = true;
    });
    await kafka.last.bring(0, 6);
    await new Promise((resolve) => setImmediate(resolve));
    expect([taken, stopped]).toEqual([['0@5'], false]);
    release[0]?.();
    await stopping;
    expect([kafka.last.commits, kafka.last.disconnected]).toEqual([['0@6'], true]);
  });

  it('stays before a record that was left behind', async () => {
    await start({ handle: ({ offset }) => (offset === 5 ? Promise.reject(new Error('no')) : undefined) });
    await kafka.last.bring(0, 4, 5, 6);
    await until(() => kafka.last.commits.length > 0);
    expect(kafka.last.commits).toEqual(['0@5']);
  });
});
