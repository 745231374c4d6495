import {
  EventBus,
  messageRpc,
  Relations,
  RpcClient,
  SessionRegistry,
  type AuthResult,
  type Caller,
  type DomainEvent,
  type Rpc,
  type SessionId,
  type Tie,
  type UserId,
} from '@dunlin/contracts';
import { Clock, newId, type Config } from '@dunlin/platform';
import { openTemporary, Outbox, UnitOfWork, type Database } from '@dunlin/storage';
import { AccountsService } from '../account/accounts.service.js';
import { Passwords } from '../account/passwords.js';
import { ProfilesService } from '../account/profiles.service.js';
import { FriendRequestsService } from '../friendship/friend-requests.service.js';
import { FriendsService } from '../friendship/friends.service.js';
import { TiesService } from '../friendship/ties.service.js';
import { SessionsService } from '../session/sessions.service.js';
import { Tokens } from '../session/tokens.js';
import { UserOutboxRow, UserRequestRow, userSchema } from '../user.schema.js';

export const PASSWORD = 'correct horse battery';

class RecordingLog extends RpcClient {
  readonly ties: Tie[] = [];
  async call<Data, Result>(rpc: Rpc<Data, Result>, data: Data): Promise<Result> {
    if (rpc.pattern !== messageRpc.applyTie.pattern) throw new Error(`Nobody answers ${rpc.pattern}`);
    this.ties.push(data as unknown as Tie);
    return null as Result;
  }
}

class RecordingBus extends EventBus {
  readonly events: { pattern: string; data: unknown }[] = [];
  async publish<T>(event: DomainEvent<T>, data: T): Promise<void> {
    this.events.push({ pattern: event.pattern, data });
  }
  of(pattern: string): unknown[] {
    return this.events.filter((event) => event.pattern === pattern).map((event) => event.data);
  }
}

class RecordingRegistry extends SessionRegistry {
  readonly ended: SessionId[] = [];
  async assertActive(): Promise<void> {
    throw new Error('not asked here');
  }
  async revoked(sessionIds: readonly SessionId[]): Promise<void> {
    this.ended.push(...sessionIds);
  }
}

class RecordingRelations extends Relations {
  readonly friendships: [UserId, UserId, boolean][] = [];
  async friendshipChanged(a: UserId, b: UserId, friends: boolean): Promise<void> {
    this.friendships.push([a, b, friends]);
  }
  friendsOf = this.unasked;
  currentFriendsOf = this.unasked;
  areFriends = this.unasked;
  membersOf = this.unasked;
  groupsOf = this.unasked;
  acquaintances = this.unasked;
  membershipChanged = this.unasked;
  groupDissolved = this.unasked;
  private unasked(): Promise<never> {
    return Promise.reject(new Error('not asked here'));
  }
}

export class MovableClock extends Clock {
  at = Date.now();
  override now(): number {
    return this.at;
  }
}

/** The user context on a real database, with those it talks to replaced by what remembers. */
export class UserWorld {
  readonly clock = new MovableClock();
  readonly log = new RecordingLog();
  readonly bus = new RecordingBus();
  readonly registry = new RecordingRegistry();
  readonly relations = new RecordingRelations();
  readonly accounts: AccountsService;
  readonly sessions: SessionsService;
  readonly profiles: ProfilesService;
  readonly friends: FriendsService;
  readonly requests: FriendRequestsService;
  private readonly outbox: Outbox;

  private constructor(
    readonly db: Database,
    private readonly drop: () => Promise<void>,
  ) {
    const config = { jwtSecret: 'x'.repeat(48), accessTokenTtlS: 900, refreshTokenTtlS: 3600 } as Config;
    const tables = { outbox: UserOutboxRow, requests: UserRequestRow };
    const work = new UnitOfWork(db, this.clock, tables);
    this.outbox = new Outbox(db, this.clock, tables);
    const tokens = new Tokens(config);
    this.sessions = new SessionsService(db, work, this.outbox, tokens, this.registry, this.bus, this.clock, config);
    this.accounts = new AccountsService(
      db,
      work,
      this.outbox,
      new Passwords(),
      this.sessions,
      tokens,
      this.clock,
      config,
    );
    this.profiles = new ProfilesService(db, work, this.bus);
    const ties = new TiesService(db, work, this.outbox, this.log, this.relations, this.bus, this.profiles);
    this.friends = new FriendsService(db, ties, this.profiles, this.clock);
    this.requests = new FriendRequestsService(db, ties, this.profiles, this.outbox, this.bus, this.clock);
    for (const part of [this.sessions, ties, this.requests]) part.onModuleInit();
  }

  static async open(): Promise<UserWorld> {
    const { db, close } = await openTemporary(userSchema);
    return new UserWorld(db, close);
  }

  async close(): Promise<void> {
    await this.outbox.onApplicationShutdown();
    await this.drop();
  }

  register(username: string): Promise<AuthResult> {
    return this.accounts.register(newId(), { username, password: PASSWORD });
  }

  /** Registers and gives what a request of theirs would carry. */
  async person(username: string): Promise<Caller & { auth: AuthResult }> {
    const auth = await this.register(username);
    const sessionId = auth.refreshToken.split('.')[0] as SessionId;
    return { userId: auth.user.id as UserId, sessionId, auth };
  }

  ask(from: Caller, to: Caller, message = ''): ReturnType<FriendRequestsService['create']> {
    return this.requests.create(newId(), from, { userId: to.userId, message });
  }
}
