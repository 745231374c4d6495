import { newClientMsgId } from '../../support/names.js';
import { type Actor, type Answer, type World } from './world.js';

/** One line: a route or event, in which case, what each actor gets, and how it is asked. */
export interface Line {
  /** As the OpenAPI document has it, below /api/v1, or the name of an event. */
  what: string;
  when: string;
  /** By {@link ACTORS}: `ok` or the code. */
  cells: string[];
  ask: (world: World, actor: Actor) => Promise<Answer>;
}

export const line = (what: string, when: string, cells: string, ask: Line['ask']): Line => ({
  what,
  when,
  cells: cells
    .trim()
    .split(/\s+/)
    .map((cell) => SHORT[cell] ?? cell),
  ask,
});

const SHORT: Record<string, string> = {
  nil: 'not_found',
  no: 'forbidden',
  '401': 'unauthenticated',
  out: 'not_a_member',
  conf: 'conflict',
  apart: 'not_friends',
  bad: 'validation_failed',
};

type Body = object | undefined;
/** A plain request by the actor. */
export const http =
  (
    method: string,
    path: string | ((world: World) => string | Promise<string>),
    body?: Body | ((world: World) => Body),
  ) =>
  async (world: World, actor: Actor): Promise<Answer> => {
    const where = typeof path === 'string' ? path : await path(world);
    return world.actors[actor].http(method, where, typeof body === 'function' ? body(world) : body);
  };
/** An event by the actor's device. */
export const emit =
  (event: Parameters<World['emit']>[1], payload: (world: World) => object) =>
  (world: World, actor: Actor): Promise<Answer> =>
    world.emit(actor, event, payload(world));

export const text = (): object => ({ clientMsgId: newClientMsgId(), type: 'text', content: { text: 'may I?' } });
export const withFresh =
  (rest = '', policy: 'invite' | 'open' | 'approval' = 'invite') =>
  async (world: World): Promise<string> =>
    `/groups/${(await world.newGroup(policy)).id}${rest}`;

/** Whoever is signed in, about what is their own. */
export const OWN = 'ok ok ok ok ok ok 401';
export const OPEN = 'ok ok ok ok ok ok ok';
/** A group's people; its former ones are outsiders like all others. */
export const INSIDE = 'ok ok ok nil nil nil 401';
/** Who sends to what they were once a member of is told that they are no more. */
export const SENDERS = 'ok ok ok out nil nil 401';
/** The owner’s direct conversation with the member. */
export const PAIR = 'ok nil ok nil nil nil 401';
