const PASSWORD = 'correct horse battery';
// argon2 takes memory and a core for a moment
const REGISTERING_AT_ONCE = 4;

/** People of one server, made through its API when they are first needed and kept for the whole run. */
export class People {
  #target;
  #list = [];
  #friends = new Set();
  #groups = new Map();
  #prefix = `b${Date.now().toString(36)}`;

  constructor(target) {
    this.#target = target;
  }

  /** The first `count` people. */
  async first(count) {
    const missing = Array.from({ length: Math.max(0, count - this.#list.length) }, (_, n) => this.#list.length + n);
    await atOnce(REGISTERING_AT_ONCE, missing, async (index) => {
      this.#list[index] = await this.#register(`${this.#prefix}-${index}`);
    });
    return this.#list.slice(0, count);
  }

  /** The first `count` pairs of friends: 0 and 1, 2 and 3, … */
  async pairs(count) {
    const people = await this.first(2 * count);
    for (let n = 0; n < count; n++) await this.#befriend(2 * n, 2 * n + 1);
    return people;
  }

  /** The first person and `count` friends of theirs. */
  async star(count) {
    const people = await this.first(count + 1);
    for (let n = 1; n <= count; n++) await this.#befriend(0, n);
    return people;
  }

  /** A group of the first `size` people. */
  async group(size) {
    if (!this.#groups.has(size)) {
      const members = await this.first(size);
      const group = await this.http(members[0], 'POST', '/groups', { name: `Group of ${size}`, joinPolicy: 'open' });
      await atOnce(8, members.slice(1), (person) => this.http(person, 'POST', `/groups/${group.id}/join`, {}));
      this.#groups.set(size, { ...group, members });
    }
    return this.#groups.get(size);
  }

  async http(person, method, path, body) {
    const response = await fetch(`${this.#target.urls[0]}/api/v1${path}`, {
      method,
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(person ? { authorization: `Bearer ${person.token}` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  async #befriend(low, high) {
    if (this.#friends.has(`${low} ${high}`)) return;
    const [one, other] = [this.#list[low], this.#list[high]];
    // two requests that cross make friends
    await this.http(one, 'POST', '/friend-requests', { userId: other.id });
    await this.http(other, 'POST', '/friend-requests', { userId: one.id });
    this.#friends.add(`${low} ${high}`);
  }

  async #register(username) {
    const { user, accessToken } = await this.http(null, 'POST', '/auth/register', { username, password: PASSWORD });
    return { id: user.id, username, password: PASSWORD, token: accessToken };
  }
}

/** The people of the relay, which believes everybody. */
export class RelayPeople {
  async first(count) {
    return Array.from({ length: count }, (_, n) => ({ id: `person-${n}` }));
  }

  pairs(count) {
    return this.first(2 * count);
  }

  async group(size) {
    return { id: `group-${size}`, members: await this.first(size) };
  }
}

/** Runs `act` over a list, `width` of them at a time. */
export async function atOnce(width, list, act) {
  let next = 0;
  const lane = async () => {
    while (next < list.length) await act(list[next++]);
  };
  await Promise.all(Array.from({ length: width }, lane));
}
