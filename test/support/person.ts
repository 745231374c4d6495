import type { AuthResult, GroupCard, JoinPolicy, Media, SendResult, User } from '@dunlin/contracts/wire';
import { Device } from './device.js';
import { download, request, type Bytes, type Reply, type RequestOptions } from './http.js';
import { newClientMsgId, unique } from './names.js';
import { sharedServer } from './server.js';

export const PASSWORD = 'correct horse battery';
const API = '/api/v1';

let turn = 0;

/** What a visitor who has not signed in does. */
export class Visitor {
  constructor(
    /** Base URLs. */
    readonly gateways: string[] = sharedServer().gateways,
    readonly home: number = turn++,
  ) {}

  /** The gateway that HTTP goes to; people alternate, so that in the split everything crosses gateways. */
  get base(): string {
    return this.gateways[this.home % this.gateways.length] as string;
  }

  get token(): string | undefined {
    return undefined;
  }

  /** @param path under /api/v1 */
  http<T = unknown>(method: string, path: string, body?: unknown, options: RequestOptions = {}): Promise<Reply<T>> {
    return request<T>(this.base, method, API + path, body, { token: this.token, ...options });
  }

  /** The body of an answer that must be good. */
  async ok<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const reply = await this.http<T>(method, path, body);
    if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status} ${reply.text}`);
    return reply.body;
  }

  async register(username: string, more: { password?: string; displayName?: string } = {}): Promise<Person> {
    const password = more.password ?? PASSWORD;
    const auth = await this.ok<AuthResult>('POST', '/auth/register', { username, ...more, password });
    return new Person(auth, password, this.gateways, this.home);
  }

  async login(username: string, password = PASSWORD, device?: string): Promise<Person> {
    const auth = await this.ok<AuthResult>('POST', '/auth/login', { username, password, device });
    return new Person(auth, password, this.gateways, this.home);
  }
}

/** Somebody who is signed in, by one session. */
export class Person extends Visitor {
  private connections = 0;

  constructor(
    public auth: AuthResult,
    readonly password: string,
    gateways: string[],
    home: number,
  ) {
    super(gateways, home);
  }

  get id(): string {
    return this.auth.user.id;
  }
  get user(): User {
    return this.auth.user;
  }
  override get token(): string {
    return this.auth.accessToken;
  }

  /** Another session of the same person, at home on the next gateway. */
  signInAgain(device?: string): Promise<Person> {
    return new Visitor(this.gateways, this.home + 1).login(this.user.username, this.password, device);
  }

  /** @param gateway its number; default: the next one in turn, the first device being where HTTP is not */
  connect(
    options: { gateway?: number; transports?: string[]; headers?: Record<string, string> } = {},
  ): Promise<Device> {
    const { gateway = this.home + 1 + this.connections++, ...rest } = options;
    return Device.connect(this.gateways[gateway % this.gateways.length] as string, this.token, rest);
  }

  /** Sends over HTTP. */
  post(conversationId: string, text: string, clientMsgId = newClientMsgId()): Promise<SendResult> {
    const body = { clientMsgId, type: 'text', content: { text } };
    return this.ok('POST', `/conversations/${conversationId}/messages`, body);
  }

  async makeGroup(members: Person[] = [], more: { name?: string; joinPolicy?: JoinPolicy } = {}): Promise<GroupCard> {
    for (const member of members) if (!this.befriended.has(member.id)) await befriend(this, member);
    return this.ok('POST', '/groups', {
      name: 'The Quiet Room',
      joinPolicy: 'open',
      ...more,
      memberIds: members.map((member) => member.id),
    });
  }

  upload(bytes: Buffer, name: string): Promise<Reply<Media>> {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(bytes)]), name);
    return this.http<Media>('POST', '/media', undefined, { raw: form });
  }

  async uploaded(bytes: Buffer, name = 'picture.png'): Promise<Media> {
    const reply = await this.upload(bytes, name);
    if (reply.status !== 201) throw new Error(`The upload was answered ${reply.status} ${reply.text}`);
    return reply.body;
  }

  /** @param path as the server gave it in a Media, or under /api/v1 */
  fetch(path: string, headers: Record<string, string> = {}): Promise<Bytes> {
    return download(this.base + (path.startsWith(API) ? path : API + path), this.token, headers);
  }

  /** Whom a test has made friends already. */
  readonly befriended = new Set<string>();
}

/** A new account with a name of its own. */
export const person = (base = 'ann', gateways?: string[]): Promise<Person> =>
  new Visitor(gateways).register(unique(base));

/** One account for each name. */
export const people = <T extends string[]>(...bases: T): Promise<{ [K in keyof T]: Person }> =>
  Promise.all(bases.map((base) => person(base))) as Promise<{ [K in keyof T]: Person }>;

/** Makes two people friends. */
export async function befriend(a: Person, b: Person): Promise<void> {
  const asked = await a.ok<{ id: string }>('POST', '/friend-requests', { userId: b.id });
  await b.ok('POST', `/friend-requests/${asked.id}/accept`);
  a.befriended.add(b.id);
  b.befriended.add(a.id);
}

/** Two friends. */
export async function friends(one = 'ann', other = 'ben'): Promise<[Person, Person]> {
  const [a, b] = await Promise.all([person(one), person(other)]);
  await befriend(a, b);
  return [a, b];
}
