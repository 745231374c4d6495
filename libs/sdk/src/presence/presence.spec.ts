import type { Presence as PresenceState } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import { Emitter } from '../events/emitter.js';
import { Value } from '../store/observable.js';
import type { Connection, PushEvents } from '../transport/connection.js';
import { Presence } from './presence.js';

const HERE: PresenceState = { online: true, lastSeenAt: null };

/** A connection to a server on which everybody is there. */
class Line extends Emitter<PushEvents> {
  readonly online = true;
  readonly state = new Value({ status: 'online', retryAt: null });
  readonly asked: string[][] = [];
  refusal: DunlinError | undefined;

  request = async (_event: string, { userIds }: { userIds: string[] }): Promise<Record<string, PresenceState>> => {
    this.asked.push(userIds);
    if (this.refusal) throw this.refusal;
    return Object.fromEntries(userIds.map((id) => [id, HERE]));
  };
}

describe('Presence', () => {
  let line: Line;
  let presence: Presence;
  const pass = (ms: number): Promise<unknown> => jest.advanceTimersByTimeAsync(ms);
  const shown = (id: string): PresenceState | null => presence.of(id).getSnapshot();

  beforeEach(() => {
    jest.useFakeTimers();
    line = new Line();
    presence = new Presence();
    presence.use(line as unknown as Connection);
  });
  afterEach(() => {
    presence.stop();
    jest.useRealTimers();
  });

  it('is not known of somebody who is no longer watched, whatever the server still tells', async () => {
    const ends = presence.watch(['ben']);
    await pass(1000);
    expect(shown('ben')).toEqual(HERE);
    ends();
    await pass(1000);
    expect(shown('ben')).toBeNull();
    line.emit('presence', { userId: 'ben', ...HERE });
    expect(shown('ben')).toBeNull();
  });

  it('is asked for once, however many come and go while a list is scrolled', async () => {
    presence.watch(['ann']);
    await pass(1000);
    for (let row = 0; row < 20; row++) {
      const ends = presence.watch([`row-${row}`]);
      await pass(3);
      if (row < 18) ends();
    }
    await pass(1000);
    expect(line.asked).toEqual([['ann'], ['ann', 'row-18', 'row-19']]);
    expect(shown('ann')).toEqual(HERE);
  });

  it('is asked for again when the server lets one, and not before', async () => {
    line.refusal = new DunlinError('rate_limited', { retryAfterMs: 5000 });
    presence.watch(['ben']);
    await pass(1000);
    line.refusal = undefined;
    presence.watch(['col']);
    await pass(3900);
    expect([line.asked.length, shown('ben')]).toEqual([1, null]);
    await pass(500);
    expect([line.asked.length, shown('ben'), shown('col')]).toEqual([2, HERE, HERE]);
  });
});
