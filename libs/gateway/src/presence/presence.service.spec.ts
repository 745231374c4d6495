import { DunlinError, EventBus, RpcClient, userRpc, type DomainEvent, type Rpc, type UserId } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { RedisAway } from '@dunlin/relations';
import { PresenceService } from './presence.service.js';
import { LonePresenceStore, type PresenceHooks } from './presence-store.js';

const [ann, bob, cid] = ['ann', 'bob', 'cid'] as UserId[] as [UserId, UserId, UserId];
const at = (ms: number): string => new Date(ms).toISOString();

interface Signal {
  userId: UserId;
  online: boolean;
  lastSeenAt: string | null;
}

class Bus extends EventBus {
  readonly said: Signal[] = [];
  before: () => void | Promise<void> = () => undefined;
  down = false;
  async publish<T>(_event: DomainEvent<T>, data: T): Promise<void> {
    await this.before();
    if (this.down) throw new DunlinError('unavailable');
    this.said.push(data as Signal);
  }
  of(userId: UserId): boolean[] {
    return this.said.filter((signal) => signal.userId === userId).map(({ online }) => online);
  }
}

class UserService extends RpcClient {
  readonly seen: Record<string, string> = {};
  down = false;
  async call<Data, Result>(rpc: Rpc<Data, Result>, data: Data): Promise<Result> {
    if (this.down) throw new DunlinError('timeout');
    if (rpc.pattern === userRpc.touch.pattern) {
      const { userIds, at: time } = data as { userIds: UserId[]; at: string };
      for (const userId of userIds) this.seen[userId] = time;
      return null as Result;
    }
    return this.seen as Result;
  }
}

/** What other gateways told, and whether it can be reached. */
class Store extends LonePresenceStore {
  readonly others = new Set<UserId>();
  readonly here = new Set<UserId>();
  away = false;
  hooks: PresenceHooks | undefined;
  override get available(): boolean {
    return !this.away;
  }
  private check(userId: UserId): boolean {
    if (this.away) throw new RedisAway();
    return this.others.has(userId);
  }
  override async arrive(userId?: UserId): Promise<boolean> {
    const elsewhere = this.check(userId as UserId);
    this.here.add(userId as UserId);
    return elsewhere;
  }
  override async leave(userId?: UserId): Promise<boolean> {
    const elsewhere = this.check(userId as UserId);
    this.here.delete(userId as UserId);
    return elsewhere;
  }
  override async elsewhere(userIds: readonly UserId[] = []): Promise<ReadonlySet<UserId>> {
    return new Set(userIds.filter((userId) => this.check(userId)));
  }
  override async start(hooks?: PresenceHooks): Promise<void> {
    this.hooks = hooks;
  }
}

const set = async () => {
  const clock = new Clock();
  const time = { now: 1_000_000 };
  clock.now = () => time.now;
  const [store, bus, users] = [new Store(), new Bus(), new UserService()];
  const presence = new PresenceService(store, bus, users, clock);
  await presence.onApplicationBootstrap();
  return { time, store, bus, users, presence, end: () => presence.beforeApplicationShutdown() };
};

describe('Presence', () => {
  it('tells of the first device that comes and the last that goes, and when that was', async () => {
    const { time, bus, users, presence, end } = await set();
    await presence.connected(ann, 'phone');
    await presence.connected(ann, 'laptop');
    await presence.disconnected(ann, 'phone');
    expect(bus.said).toEqual([{ userId: ann, online: true, lastSeenAt: null }]);
    time.now += 5000;
    await presence.disconnected(ann, 'laptop');
    expect(bus.said.at(-1)).toEqual({ userId: ann, online: false, lastSeenAt: at(time.now) });
    expect(users.seen[ann]).toBe(at(time.now));
    await end();
  });

  it('answers who is online, who was when, and who never was', async () => {
    const { time, store, presence, end } = await set();
    await presence.connected(ann, 'phone');
    await presence.disconnected(ann, 'phone');
    store.others.add(bob);
    expect(await presence.of([ann, bob, cid, cid])).toEqual({
      ann: { online: false, lastSeenAt: at(time.now) },
      bob: { online: true, lastSeenAt: null },
      cid: { online: false, lastSeenAt: null },
    });
    await end();
  });

  it('says nothing while someone is connected through another gateway', async () => {
    const { store, bus, presence, end } = await set();
    store.others.add(ann);
    await presence.connected(ann, 'phone');
    await presence.disconnected(ann, 'phone');
    expect(bus.said).toEqual([]);
    await end();
  });

  it('ends with the truth after a flurry of coming and going', async () => {
    const { bus, presence, end } = await set();
    bus.before = () => new Promise(setImmediate);
    const told: Promise<void>[] = [];
    for (let i = 0; i < 101; i++) {
      told.push(presence.connected(ann, `s${i}`), presence.disconnected(ann, `s${i}`));
      if (i % 10 === 0) await new Promise(setImmediate);
    }
    told.push(presence.connected(ann, 'phone'), presence.connected(bob, 'b'), presence.disconnected(bob, 'b'));
    await Promise.all(told);
    expect(bus.of(ann).at(-1)).toBe(true);
    expect(bus.of(bob).at(-1) ?? false).toBe(false);
    await end();
  });

  it('corrects itself when another gateway took over while it told', async () => {
    const { store, bus, presence, end } = await set();
    await presence.connected(ann, 'phone');
    bus.before = () => {
      store.others.add(ann);
    };
    await presence.disconnected(ann, 'phone');
    expect(bus.of(ann)).toEqual([true, false, true]);
    await end();
  });

  it('goes by what it knows while the store is away, and tells the store when it is back', async () => {
    const { store, bus, presence, end } = await set();
    await presence.connected(cid, 'c');
    store.away = true;
    await presence.connected(ann, 'phone');
    await presence.disconnected(cid, 'c');
    expect(bus.of(ann)).toEqual([true]);
    expect(bus.of(cid)).toEqual([true, false]);
    expect((await presence.of([ann, cid]))[ann]).toEqual({ online: true, lastSeenAt: null });
    store.away = false;
    store.hooks?.lost();
    while (store.here.has(cid) || !store.here.has(ann)) await new Promise(setImmediate);
    await end();
    expect(store.here.size).toBe(0);
  });

  it('tells of the people of a gateway that died', async () => {
    const { time, store, bus, users, presence, end } = await set();
    await presence.connected(bob, 'b');
    const heardOf = time.now - 15_000;
    await store.hooks?.abandoned(ann, heardOf);
    await store.hooks?.abandoned(bob, heardOf);
    expect(bus.said.at(-2)).toMatchObject({ userId: ann, online: false });
    expect(users.seen[ann]).toBe(at(heardOf));
    expect(bus.of(bob)).not.toContain(false);
    await end();
  });

  it('never fails its caller', async () => {
    const { store, bus, users, presence, end } = await set();
    store.away = bus.down = users.down = true;
    await presence.connected(ann, 'phone');
    await presence.disconnected(ann, 'phone');
    expect((await presence.of([ann, bob]))[bob]).toEqual({ online: false, lastSeenAt: null });
    await end();
  });

  it('says goodbye for everyone when the gateway ends', async () => {
    const { bus, store, presence, end } = await set();
    for (let i = 0; i < 300; i++) void presence.connected(`user${i}` as UserId, 's');
    while (bus.said.length < 300) await new Promise(setImmediate);
    await end();
    expect(bus.said.filter(({ online }) => !online)).toHaveLength(300);
    expect(store.here.size).toBe(0);
  });
});
