import { setTimeout as sleep } from 'node:timers/promises';
import { outcomeOf, responseOutcome } from './outcomes.mjs';

const HTTP_MS = 8000;

/** An account, and what it does over HTTP. */
export class Person {
  devices = [];

  /** @param {import('./recorder.mjs').Recorder} recorder */
  constructor(recorder, name, url) {
    this.recorder = recorder;
    this.name = name;
    this.url = url;
  }

  async register() {
    const { user, accessToken } = await this.must('POST', '/auth/register', {
      username: this.name,
      password: 'correct horse battery',
    });
    this.id = user.id;
    this.token = accessToken;
  }

  /** @returns `{ outcome, code?, data? }` */
  async http(method, path, body, { url = this.url } = {}) {
    try {
      return await responseOutcome(
        await fetch(`${url}/api/v1${path}`, {
          method,
          headers: {
            ...(body ? { 'content-type': 'application/json' } : {}),
            ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
          signal: AbortSignal.timeout(HTTP_MS),
        }),
      );
    } catch (error) {
      return outcomeOf(error);
    }
  }

  /** For what has to be there before a run begins. @throws Error when it is refused or stays unknown */
  async must(method, path, body) {
    for (let attempt = 0; ; attempt++) {
      const { outcome, code, data } = await this.http(method, path, body);
      if (outcome === 'ok') return data;
      if (outcome === 'fail' || attempt === 10) throw new Error(`${method} ${path} for ${this.name}: ${code}`);
      await sleep(300);
    }
  }

  /** A join, leave, kick, unfriending or befriending, in the history. */
  change(op, conversation, subject, method, path, body) {
    const facts = { op, user: this.id, conversation, ...(subject ? { subject } : {}) };
    return this.recorder.operation(facts, async () => {
      const { outcome, code, data } = await this.http(method, path, body);
      return { outcome, code, data: undefined, ...(data?.id ? { requestId: data.id } : {}) };
    });
  }
}
