import { DunlinError, userRpc, type RpcClient, type UserId } from '@dunlin/contracts';
import { Clock } from '@dunlin/platform';
import { SignsOfLife } from './signs-of-life.js';

const [ann, bob] = ['ann', 'bob'] as UserId[] as [UserId, UserId];

describe('Signs of life', () => {
  const call = jest.fn<Promise<null>, [unknown, { userIds: UserId[]; at: string }]>();
  const clock = new Clock();
  let now: number;
  let signs: SignsOfLife;
  clock.now = () => now;
  beforeEach(() => {
    now = 1_000_000;
    call.mockReset().mockResolvedValue(null);
    signs = new SignsOfLife({ call } as unknown as RpcClient, clock);
  });

  /** Who is stored in a round, so many seconds later. */
  const round = async (seconds: number): Promise<UserId[]> => {
    now += seconds * 1000;
    call.mockClear();
    await signs.store();
    return call.mock.calls.flatMap(([, { userIds }]) => userIds);
  };

  it('are stored soon after somebody came, and then every minute', async () => {
    signs.arrive(ann);
    expect(await round(3)).toEqual([ann]);
    expect(call.mock.calls[0]?.slice(0, 2)).toEqual([
      userRpc.touch,
      { userIds: [ann], at: new Date(now).toISOString() },
    ]);
    signs.arrive(bob);
    expect(await round(3)).toEqual([bob]);
    expect(await round(54)).toEqual([]);
    expect(await round(3)).toEqual([ann]);
    expect(await round(3)).toEqual([bob]);
    expect(await round(54)).toEqual([]);
  });

  it('are not stored of who left', async () => {
    signs.arrive(ann);
    signs.leave(ann);
    expect(await round(3)).toEqual([]);
    signs.arrive(bob);
    await round(3);
    signs.leave(bob);
    expect(await round(60)).toEqual([]);
    expect(call).not.toHaveBeenCalled();
  });

  it('of thousands are stored in a few requests', async () => {
    for (let i = 0; i < 1200; i++) signs.arrive(`user${i}` as UserId);
    expect(new Set(await round(3)).size).toBe(1200);
    expect(call.mock.calls.map(([, { userIds }]) => userIds.length)).toEqual([500, 500, 200]);
  });

  it('that cannot be stored harm nobody, and are stored a minute later', async () => {
    signs.arrive(ann);
    call.mockRejectedValueOnce(new DunlinError('unavailable'));
    await round(3);
    expect(await round(60)).toEqual([ann]);
  });
});
