import { EventBus, userRpc, type DomainEvent, type UserId } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { RedisLink } from '@dunlin/relations';
import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { PresenceService } from '../../../libs/gateway/src/presence/presence.service.js';
import { RedisPresenceStore } from '../../../libs/gateway/src/presence/redis-presence-store.js';
import { eventually } from '../../support/expectations.js';
import { RedisServer } from './redis-server.js';
import { relationsProcess, Services } from './services.js';

const [ann, bob] = ['ann', 'bob'] as UserId[] as [UserId, UserId];
const TIMES = { heartbeatTtl: 1500, heartbeat: 150, sweep: 200 };
/** For tests in which no gateway dies: a busy machine is not a dead gateway. */
const PATIENT = { ...TIMES, heartbeatTtl: 60_000 };

/** One order for all gateways, as the one partition of the signals has it. */
class Bus extends EventBus {
  readonly said: { userId: UserId; online: boolean; lastSeenAt: string | null }[] = [];
  async publish<T>(_event: DomainEvent<T>, data: T): Promise<void> {
    await new Promise(setImmediate);
    this.said.push(data as Bus['said'][number]);
  }
  last(userId: UserId): boolean | undefined {
    return this.said.findLast((signal) => signal.userId === userId)?.online;
  }
}

describe('Presence over gateways', () => {
  let server: RedisServer;
  let redis: Redis;
  let bus: Bus;
  let services: Services;
  const stops: (() => Promise<void>)[] = [];

  const gateway = async (
    times = TIMES,
  ): Promise<{ presence: PresenceService; link: RedisLink; die: () => Promise<void> }> => {
    const app: INestApplicationContext = await relationsProcess(server.url, services);
    const link = app.get(RedisLink);
    const clock = new Clock();
    const store = new RedisPresenceStore(link, 'gateway', () => clock.now(), times);
    const presence = new PresenceService(store, bus, services, clock);
    await presence.onApplicationBootstrap();
    let over = false;
    const end = async (inOrder: boolean): Promise<void> => {
      if (over) return;
      over = true;
      if (inOrder) await presence.beforeApplicationShutdown();
      await app.close();
    };
    stops.push(() => end(true));
    // the connection breaks first: nothing more comes from a dead process
    return { presence, link, die: () => end(false) };
  };

  beforeAll(async () => {
    server = await RedisServer.start();
    redis = new Redis(server.url);
    redis.on('error', () => undefined);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await redis.flushall();
    bus = new Bus();
    services = new Services();
    const seen: Record<string, string> = {};
    services.answer(userRpc.touch, ({ userIds, at }) => {
      for (const userId of userIds) seen[userId] = at;
      return null;
    });
    services.answer(userRpc.lastSeen, () => seen);
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  it('is one for all of them', async () => {
    const [one, two] = [await gateway(PATIENT), await gateway(PATIENT)];
    await one.presence.connected(ann, 'phone');
    expect((await two.presence.of([ann]))[ann]).toEqual({ online: true, lastSeenAt: null });
    await two.presence.connected(ann, 'laptop');
    await one.presence.disconnected(ann, 'phone');
    expect(bus.said.map(({ online }) => online)).toEqual([true]);
    await two.presence.disconnected(ann, 'laptop');
    expect(bus.last(ann)).toBe(false);
    const answer = (await one.presence.of([ann]))[ann];
    expect(answer).toEqual({ online: false, lastSeenAt: bus.said.at(-1)?.lastSeenAt });
  });

  it('ends with the truth when someone moves between gateways in a flurry', async () => {
    const gateways = [await gateway(PATIENT), await gateway(PATIENT)] as const;
    for (let round = 0; round < 100; round++) {
      bus.said.length = 0;
      const told: Promise<void>[] = [];
      for (let i = 0; i < 60; i++) {
        const { presence } = gateways[i % 2 === 0 ? 0 : 1];
        told.push(presence.connected(ann, `s${i}`), presence.connected(bob, `s${i}`));
        for (let turns = Math.floor(Math.random() * 4); turns > 0; turns--) await new Promise(setImmediate);
        told.push(presence.disconnected(bob, `s${i}`));
        if (i < 59) told.push(presence.disconnected(ann, `s${i}`));
      }
      await Promise.all(told);
      // where Redis was not heard in time, it is told in the next round
      await eventually(() => expect([round, bus.last(ann), bus.last(bob)]).toEqual([round, true, false]));
      const answer = await gateways[0].presence.of([ann, bob]);
      expect([answer[ann]?.online, answer[bob]?.online]).toEqual([true, false]);
      await gateways[1].presence.disconnected(ann, 's59');
      await eventually(() => expect([round, bus.last(ann)]).toEqual([round, false]));
    }
  });

  it('ends for the people of a gateway that died, and is told by another', async () => {
    const [one, two] = [await gateway(), await gateway()];
    await one.presence.connected(ann, 'phone');
    await one.presence.connected(bob, 'b1');
    await two.presence.connected(bob, 'b2');
    await one.die();
    const died = Date.now();
    await eventually(() => expect(bus.last(ann)).toBe(false));
    expect((await two.presence.of([ann]))[ann]?.online).toBe(false);
    // it was noticed a second and a half later at the earliest
    const lastSeenAt = Date.parse((await two.presence.of([ann]))[ann]?.lastSeenAt ?? '');
    expect(lastSeenAt).toBeGreaterThan(died - 1000);
    expect(lastSeenAt).toBeLessThanOrEqual(died);
    await eventually(async () => expect(await redis.scard('dunlin:gateways')).toBe(1));
    await eventually(async () => expect(await redis.hlen('dunlin:gateway-beats')).toBe(1));
    expect(bus.said.filter(({ userId, online }) => userId === bob && !online)).toEqual([]);
    expect(await redis.smembers('dunlin:presence:ann')).toEqual([]);
  });

  it('ends in good order with a gateway that is stopped', async () => {
    const [one, two] = [await gateway(PATIENT), await gateway(PATIENT)];
    await one.presence.connected(ann, 'phone');
    await one.presence.beforeApplicationShutdown();
    expect(bus.last(ann)).toBe(false);
    expect((await two.presence.of([ann]))[ann]?.online).toBe(false);
    expect(await redis.scard('dunlin:gateways')).toBe(1);
  });

  it('is told anew when Redis has lost it', async () => {
    const [one, two] = [await gateway(), await gateway()];
    await one.presence.connected(ann, 'phone');
    await redis.flushall();
    await eventually(async () => expect((await two.presence.of([ann]))[ann]?.online).toBe(true));
  });

  it('is what a gateway knows itself while Redis is gone, and right when it is back', async () => {
    const [one, two] = [await gateway(), await gateway()];
    await one.presence.connected(ann, 'phone');
    await one.presence.connected(bob, 'b');
    await server.kill();
    try {
      expect((await one.presence.of([ann]))[ann]?.online).toBe(true);
      expect((await two.presence.of([ann]))[ann]?.online).toBe(false);
      await one.presence.disconnected(bob, 'b');
      expect(bus.last(bob)).toBe(false);
    } finally {
      await server.up();
    }
    await eventually(async () => expect((await two.presence.of([ann]))[ann]?.online).toBe(true));
    expect((await two.presence.of([bob]))[bob]?.online).toBe(false);
  }, 20_000);

  it('comes back for the people of a gateway that was taken for dead', async () => {
    const [one, two] = [await gateway(), await gateway()];
    await one.presence.connected(ann, 'phone');
    // as a process does that the machine did not let run
    const [name] = await redis.smembers('dunlin:presence:ann');
    await redis.del(`dunlin:gateway:${name}`);
    await eventually(async () => expect(await redis.smembers('dunlin:gateways')).not.toContain(name));
    await eventually(async () => expect((await two.presence.of([ann]))[ann]?.online).toBe(true));
    await eventually(() => expect(bus.last(ann)).toBe(true));
    expect(await redis.smembers('dunlin:presence:ann')).not.toContain(name);
  });
});
