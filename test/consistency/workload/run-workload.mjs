import { setTimeout as sleep } from 'node:timers/promises';
import { ACTIONS } from './actions.mjs';
import { randomOf } from './random.mjs';

const TOTAL = ACTIONS.reduce((sum, [weight]) => sum + weight, 0);
const SETTLE_MS = 30_000;

/** Everybody does something all the time, until {@link Workload.stop}. */
export class Workload {
  /** `conversation|user` of those who are out of a group, or may be. */
  away = new Set();
  #sent = 0;
  #busy = new Set();
  #stopping = false;
  #actors = [];
  #giveUp = new AbortController();

  /** @param {{ world: object, seed: number, pauseMs?: number }} options `pauseMs`: mean time between two acts at one device */
  constructor({ world, seed, pauseMs = 40 }) {
    this.world = world;
    this.random = randomOf(seed);
    this.pauseMs = pauseMs;
    this.name = seed.toString(36);
  }

  /** Aborted when what is not settled by then stays unknown. */
  get giveUp() {
    return this.#giveUp.signal;
  }

  get sent() {
    return this.#sent;
  }

  start() {
    this.#actors = this.world.devices.map((device) => this.#act(device));
  }

  /** Resolves when everybody has finished what they were at. */
  async stop() {
    this.#stopping = true;
    const timer = setTimeout(() => this.#giveUp.abort(), SETTLE_MS);
    await Promise.all(this.#actors);
    clearTimeout(timer);
  }

  newRef() {
    return `${this.name}.${(++this.#sent).toString(36)}`;
  }

  /** A conversation of the device's person; now and then one that they are out of. */
  somewhere(device) {
    const { random, world } = this;
    const { person } = device;
    if (random.next() < 0.7) {
      const group = random.pick(world.groups);
      if (this.isAway(group.conversation, person) && random.next() < 0.8) return this.somewhere(device);
      return { conversation: group.conversation, target: random.next() < 0.2 ? { toGroupId: group.id } : undefined };
    }
    const { conversation, pair } = random.pick(world.directs.filter(({ pair }) => pair.includes(person)));
    const peer = pair.find((one) => one !== person);
    return { conversation, target: random.next() < 0.3 ? { toUserId: peer.id } : undefined };
  }

  isAway(conversation, person) {
    return this.away.has(`${conversation}|${person.id}`);
  }

  /** One change of a membership at a time; a second one is left out. */
  async alone(key, work) {
    if (this.#busy.has(key)) return;
    this.#busy.add(key);
    try {
      await work();
    } finally {
      this.#busy.delete(key);
    }
  }

  async #act(device) {
    while (!this.#stopping) {
      let at = this.random.below(TOTAL);
      const [, action] = ACTIONS.find(([weight]) => (at -= weight) < 0);
      await action(this, device);
      await sleep(this.random.next() * 2 * this.pauseMs);
    }
  }
}
