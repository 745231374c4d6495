import { groupRpc, Relations, userRpc, type GroupId, type UserId } from '@dunlin/contracts';
import { RedisLink } from '@dunlin/relations';
import type { INestApplicationContext } from '@nestjs/common';
import { Redis } from 'ioredis';
import { eventually } from '../../support/expectations.js';
import { RedisServer } from './redis-server.js';
import { relationsProcess, Services } from './services.js';

const [ann, bob, cid] = ['ann', 'bob', 'cid'] as UserId[] as [UserId, UserId, UserId];
const chess = 'chess' as GroupId;

describe('Relations in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let friends: Map<UserId, UserId[]>;
  let services: Services;
  const processes: INestApplicationContext[] = [];

  /** What Redis calls it; `none` when it is not there. */
  const nameOf = async (key: string): Promise<string> => {
    const [name, ...more] = await redis.keys(`dunlin:*:${key}`);
    expect(more).toEqual([]);
    return name ?? 'none';
  };
  const start = async (): Promise<{ relations: Relations; link: RedisLink }> => {
    const app = await relationsProcess(server.url, services);
    processes.push(app);
    return { relations: app.get(Relations), link: app.get(RedisLink) };
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
    friends = new Map();
    services = new Services();
    services.answer(userRpc.friendIds, ({ userId }) => friends.get(userId) ?? []);
    services.answer(groupRpc.memberIds, () => [ann, bob]);
    services.answer(groupRpc.groupIds, () => [chess]);
  });
  afterEach(async () => {
    for (const app of processes.splice(0)) await app.close();
  });

  it('are read from the truth once for all processes, and kept as a set that ends by itself', async () => {
    friends.set(ann, [bob]);
    const [one, two] = [await start(), await start()];
    expect(await one.relations.areFriends(ann, bob)).toBe(true);
    expect(await two.relations.friendsOf(ann)).toEqual(new Set([bob]));
    expect(services.calls).toHaveLength(1);
    const name = await nameOf('friends:ann');
    expect(await redis.type(name)).toBe('set');
    expect(await redis.sismember(name, bob)).toBe(1);
    const ttl = await redis.pttl(name);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(1_000_000);
  });

  it('tell someone without friends from someone unknown', async () => {
    const { relations } = await start();
    expect((await relations.friendsOf(ann)).size).toBe(0);
    expect((await relations.friendsOf(ann)).size).toBe(0);
    expect(services.calls).toHaveLength(1);
  });

  it('are changed for every process, and never made of a change alone', async () => {
    const [one, two] = [await start(), await start()];
    await one.relations.friendsOf(ann);
    friends.set(ann, [bob]);
    friends.set(bob, [cid, ann]);
    await two.relations.friendshipChanged(ann, bob, true);
    expect(await nameOf('friends:bob')).toBe('none');
    expect(await one.relations.areFriends(ann, bob)).toBe(true);
    expect(services.calls).toHaveLength(1);
    expect(await one.relations.friendsOf(bob)).toEqual(new Set([ann, cid]));
  });

  it('do not keep what one process read before another process changed it', async () => {
    const [one, two] = [await start(), await start()];
    friends.set(ann, [bob]);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    services.answer(userRpc.friendIds, async ({ userId }) => {
      const read = friends.get(userId) ?? [];
      await gate;
      return read;
    });
    const early = one.relations.friendsOf(ann);
    await eventually(() => expect(services.calls).toHaveLength(1));
    friends.set(ann, []);
    await two.relations.friendshipChanged(ann, bob, false);
    open();
    await early;
    expect(await one.relations.areFriends(ann, bob)).toBe(false);
    expect(await two.relations.areFriends(ann, bob)).toBe(false);
  });

  it('are right when two processes tell their changes in the wrong order', async () => {
    const [one, two] = [await start(), await start()];
    await one.relations.friendsOf(ann);
    await one.relations.friendshipChanged(ann, bob, false);
    await two.relations.friendshipChanged(ann, bob, true);
    expect(await one.relations.areFriends(ann, bob)).toBe(false);
  });

  it('hold a group larger than one Lua call takes', async () => {
    const members = Array.from({ length: 20_000 }, (_, i) => `user${i}` as UserId);
    services.answer(groupRpc.memberIds, () => members);
    const { relations } = await start();
    await relations.membersOf(chess);
    await eventually(async () => expect(await redis.scard(await nameOf('members:chess'))).toBe(members.length + 1));
    expect((await relations.membersOf(chess)).size).toBe(members.length);
  });

  it('follow joins, leaves and the end of a group', async () => {
    const { relations } = await start();
    await relations.membersOf(chess);
    await relations.groupsOf(ann);
    await relations.membershipChanged(chess, { joined: [cid], left: [bob] });
    expect(await relations.membersOf(chess)).toEqual(new Set([ann, cid]));
    services.answer(groupRpc.memberIds, () => []);
    services.answer(groupRpc.groupIds, () => []);
    await relations.groupDissolved(chess, [ann, cid]);
    expect((await relations.membersOf(chess)).size).toBe(0);
    expect((await relations.groupsOf(ann)).size).toBe(0);
  });

  it('come from the truth within moments when Redis stops answering, and from Redis when it is back', async () => {
    friends.set(ann, [bob]);
    const { relations, link } = await start();
    await relations.friendsOf(ann);
    server.freeze();
    try {
      const began = Date.now();
      expect(await relations.areFriends(ann, bob)).toBe(true);
      expect(Date.now() - began).toBeLessThan(1000);
      for (let i = 0; i < 4; i++) await relations.areFriends(ann, cid);
      expect(link.up).toBe(false);
    } finally {
      server.thaw();
    }
    await eventually(() => expect(link.up).toBe(true));
    const asked = services.calls.length;
    expect(await relations.areFriends(ann, bob)).toBe(true);
    expect(services.calls).toHaveLength(asked);
  });

  it('do not hold on to a friendship that ended while Redis did not answer', async () => {
    friends.set(ann, [bob]);
    const [one, two] = [await start(), await start()];
    await one.relations.friendsOf(ann);
    server.freeze();
    try {
      friends.set(ann, []);
      await one.relations.friendshipChanged(ann, bob, false);
      expect(await one.relations.areFriends(ann, bob)).toBe(false);
    } finally {
      server.thaw();
    }
    await eventually(async () => expect(await two.relations.areFriends(ann, bob)).toBe(false));
  });

  it('are rebuilt when Redis comes back with what it held before, as after a failover', async () => {
    friends.set(ann, [bob]);
    const [one, two] = [await start(), await start()];
    await one.relations.friendsOf(ann);
    await redis.save();
    friends.set(ann, []);
    await one.relations.friendshipChanged(ann, bob, false);
    await server.kill();
    await server.up({ asSaved: true });
    expect(await redis.dbsize()).toBeGreaterThan(0);
    // one that starts after that has not seen it happen
    for (const { relations, link } of [one, two, await start()]) {
      await eventually(() => expect(link.up).toBe(true));
      expect(await relations.areFriends(ann, bob)).toBe(false);
    }
    // once for all of them, as when it comes back empty
    expect(services.calls).toHaveLength(2);
  }, 20_000);

  it('are rebuilt when Redis comes back empty', async () => {
    friends.set(ann, [bob]);
    const { relations, link } = await start();
    await relations.friendsOf(ann);
    await server.kill();
    expect(await relations.areFriends(ann, bob)).toBe(true);
    await server.up();
    await eventually(() => expect(link.up).toBe(true));
    expect(await relations.areFriends(ann, bob)).toBe(true);
    expect(await nameOf('friends:ann')).not.toBe('none');
  }, 20_000);
});
