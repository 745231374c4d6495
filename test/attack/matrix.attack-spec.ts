import { expectProblem, expectRefusal, outcome } from '../support/expectations.js';
import { clientEvents, routes } from '../support/documents.js';
import type { ErrorCode } from '@dunlin/contracts/wire';
import { TABLE } from './matrix/table.js';
import { ACTORS, SECRET, World, type Actor, type Answer } from './matrix/world.js';

let world: World;
beforeAll(async () => {
  world = await World.create();
});

describe('[matrix] The table', () => {
  it('has every route and every client event, and names nothing else', async () => {
    const [all, events] = await Promise.all([routes(), clientEvents()]);
    expect(all.length).toBeGreaterThan(45);
    expect(events.length).toBeGreaterThanOrEqual(6);
    const real = new Set([...all.map((route) => route.replace(' /api/v1', ' ')), ...events]);
    const named = new Set(TABLE.map(({ what }) => what));
    expect({
      missing: [...real].filter((one) => !named.has(one)),
      unknown: [...named].filter((one) => !real.has(one)),
    }).toEqual({
      missing: [],
      unknown: [],
    });
  });

  it('says of everybody what they get', () => {
    expect(TABLE.filter(({ cells }) => cells.length !== ACTORS.length).map(({ what }) => what)).toEqual([]);
  });
});

// before the table, in which strangers join open groups and become fellow members
describe('[matrix] What is one’s own', () => {
  const LISTS = ['/groups', '/conversations', '/friends', '/friend-requests', '/blocks', '/group-directory?q=room'];

  it.each(LISTS)('%s tells outsiders nothing of the group and the pair', async (path) => {
    for (const actor of ['stranger', 'blocked', 'former'] as const) {
      const { text } = await world.actors[actor].http('GET', path);
      for (const id of [world.group.id, world.direct.member, world.rook.id]) expect(text).not.toContain(id);
    }
  });

  it('sync and presence tell outsiders nothing either', async () => {
    for (const actor of ['stranger', 'blocked', 'former'] as const) {
      const sync = await world.emit(actor, 'sync', { cursors: {} });
      expect(JSON.stringify(sync)).not.toContain(world.group.conversationId);
      expect(JSON.stringify(sync)).not.toContain(world.direct.member);
      const presence = await world.emit(actor, 'presence:subscribe', { userIds: [world.owner.id] });
      expect(presence).toEqual({ ok: true, data: {} });
    }
  });
});

describe('[matrix] Who gets what', () => {
  it.each(TABLE.map((line) => [line.what, line.when, line] as const))('%s, %s', async (_what, _when, line) => {
    const got: string[] = [];
    for (const actor of ACTORS) {
      const answer = await line.ask(world, actor);
      got.push(outcome(answer));
      if (outcome(answer) !== 'ok') expectRefused(answer, actor);
    }
    expect(row(got)).toEqual(row(line.cells));
  });
});

const row = (cells: string[]): Record<string, string> =>
  Object.fromEntries(ACTORS.map((actor, i) => [actor, cells[i] as string]));

/** In the contract's form, and without a word of what was asked for. */
function expectRefused(answer: Answer, actor: Actor): void {
  const code = outcome(answer) as ErrorCode;
  if ('ok' in answer) expectRefusal(answer, code);
  else expectProblem(answer, code);
  if (actor !== 'owner') expect(JSON.stringify(answer)).not.toContain(SECRET);
}
