import { Controller } from '@nestjs/common';
import {
  groupConversationId,
  groupEvents,
  messageEvents,
  Relations,
  SessionRegistry,
  signals,
  userEvents,
  type ConversationId,
  type DomainEvent,
  type EventEnvelope,
  type GroupCard,
  type GroupId,
  type Role,
  type User,
  type UserId,
} from '@dunlin/contracts';
import { OnEvent } from '@dunlin/transport';
import { PresenceSubscriptions } from '../presence/presence-subscriptions.js';
import { Audiences } from './audiences.js';
import { Connections } from './connections.js';
import { Emitter } from './emitter.js';
import { FanOut } from './fan-out.js';
import { closeRevoked } from './im.gateway.js';
import type { ImSocket } from './im-socket.js';
import { Latest } from './latest.js';

/** Everybody who is connected is looked at to find whom a changed profile concerns. Milliseconds. */
const PROFILE_PAUSE_MS = 1000;

type Of<E> = E extends DomainEvent<infer T> ? EventEnvelope<T> : never;

/** What the contexts announce, brought to the sockets that it concerns. */
@Controller()
export class Announcements {
  private readonly profiles = new Latest<User>(PROFILE_PAUSE_MS, async (user) => {
    const acquaintances = await this.relations.acquaintances(user.id as UserId, [...this.connections.users()]);
    this.fanOut.toUsers(acquaintances, 'profile:updated', user);
  });

  constructor(
    private readonly fanOut: FanOut,
    private readonly audiences: Audiences,
    private readonly connections: Connections,
    private readonly emitter: Emitter,
    private readonly sessions: SessionRegistry,
    private readonly subscriptions: PresenceSubscriptions,
    private readonly relations: Relations,
  ) {}

  @OnEvent(messageEvents.committed)
  async committed({ data }: Of<typeof messageEvents.committed>): Promise<void> {
    await this.fanOut.committed(data.messages);
  }

  @OnEvent(messageEvents.read)
  async read({ data }: Of<typeof messageEvents.read>): Promise<void> {
    const { conversationId, userId, seq, to, originSocketId } = data;
    this.fanOut.toRecipients(
      conversationId,
      to,
      'conversation:read',
      { conversationId, userId, seq },
      { socketId: originSocketId },
    );
  }

  @OnEvent(signals.typing)
  async typing({ data }: Of<typeof signals.typing>): Promise<void> {
    const { conversationId, userId, active } = data;
    const users = await this.audiences.atLeast(conversationId, 0);
    if (!users) return;
    this.fanOut.toUsers(
      [...users.members.keys()].filter((member) => member !== userId),
      'typing',
      { conversationId, userId, active },
    );
  }

  @OnEvent(signals.presence)
  async presence({ data }: Of<typeof signals.presence>): Promise<void> {
    const sockets: ImSocket[] = [];
    for (const id of this.subscriptions.watchersOf(data.userId)) {
      const socket = this.connections.get(id);
      if (socket) sockets.push(socket);
    }
    this.emitter.emit(sockets, 'presence', data);
  }

  @OnEvent(userEvents.friendRequested)
  async friendRequested({ data }: Of<typeof userEvents.friendRequested>): Promise<void> {
    this.fanOut.toUsers([data.request.to.id as UserId], 'friend:request', data.request);
  }

  @OnEvent(userEvents.friendAdded)
  async friendAdded({ data }: Of<typeof userEvents.friendAdded>): Promise<void> {
    const [a, b] = data.users;
    this.fanOut.toUsers([a.id as UserId], 'friend:added', { user: b });
    this.fanOut.toUsers([b.id as UserId], 'friend:added', { user: a });
  }

  @OnEvent(userEvents.friendRemoved)
  async friendRemoved({ data }: Of<typeof userEvents.friendRemoved>): Promise<void> {
    const [a, b] = data.userIds;
    this.fanOut.toUsers([a], 'friend:removed', { userId: b });
    this.fanOut.toUsers([b], 'friend:removed', { userId: a });
    await this.subscriptions.recheck(a, b);
  }

  @OnEvent(userEvents.tieChanged)
  async tieChanged({ data }: Of<typeof userEvents.tieChanged>): Promise<void> {
    const { userId, otherId, toBoth } = data;
    this.fanOut.toUsers([userId], 'friend:changed', { userId: otherId });
    if (toBoth) this.fanOut.toUsers([otherId], 'friend:changed', { userId });
  }

  @OnEvent(userEvents.sessionsRevoked)
  async sessionsRevoked({ data }: Of<typeof userEvents.sessionsRevoked>): Promise<void> {
    await this.sessions.revoked(data.sessionIds);
    for (const socket of this.connections.ofSessions(data.userId, data.sessionIds)) closeRevoked(socket, data.reason);
  }

  @OnEvent(userEvents.updated)
  async userUpdated({ data }: Of<typeof userEvents.updated>): Promise<void> {
    const userId = data.user.id as UserId;
    this.fanOut.toUsers([userId], 'user:updated', data.user);
    await this.profiles.put(userId, data.user);
  }

  @OnEvent(messageEvents.settings)
  async settings({ data }: Of<typeof messageEvents.settings>): Promise<void> {
    const { userId, ...settings } = data;
    this.fanOut.toUsers([userId], 'conversation:updated', settings);
  }

  @OnEvent(groupEvents.updated)
  async groupUpdated({ data }: Of<typeof groupEvents.updated>): Promise<void> {
    const audience = await this.audiences.atLeast(conversationOf(data.card), 0);
    // there are three cards, each encoded once, however many members there are
    const byRole: Record<Role, UserId[]> = { owner: [], admin: [], member: [] };
    const admins = new Set(data.adminIds);
    for (const userId of audience?.members.keys() ?? [])
      if (userId !== data.mute?.userId) byRole[roleOf(data.card, userId, admins)].push(userId);
    for (const [myRole, userIds] of Object.entries(byRole) as [Role, UserId[]][])
      this.fanOut.toUsers(userIds, 'group:updated', { ...data.card, myRole });
    // whose silence has begun or ended is told that besides
    if (!data.mute || !audience?.members.has(data.mute.userId)) return;
    const { userId, until } = data.mute;
    const myRole = roleOf(data.card, userId, admins);
    this.fanOut.toUsers([userId], 'group:updated', { ...data.card, myRole, mutedUntil: until });
  }

  @OnEvent(groupEvents.joined)
  async groupJoined({ data }: Of<typeof groupEvents.joined>): Promise<void> {
    for (const userId of data.userIds)
      this.fanOut.toUsers([userId], 'group:joined', { ...data.card, myRole: roleOf(data.card, userId, NOBODY) });
  }

  @OnEvent(groupEvents.left)
  async groupLeft({ data }: Of<typeof groupEvents.left>): Promise<void> {
    const { groupId, userIds, reason } = data;
    if (reason === 'dissolved') this.audiences.forget(groupConversationId(groupId));
    this.fanOut.toUsers(userIds, 'group:left', { groupId, reason });
    await Promise.all(userIds.map((userId) => this.subscriptions.recheckAll(userId)));
  }

  @OnEvent(groupEvents.requests)
  async groupRequests({ data }: Of<typeof groupEvents.requests>): Promise<void> {
    const { userIds, ...news } = data;
    this.fanOut.toUsers(userIds, 'group:requests', news);
  }
}

const conversationOf = (card: GroupCard): ConversationId => groupConversationId(card.id as GroupId);

const NOBODY: ReadonlySet<UserId> = new Set();

const roleOf = (card: GroupCard, userId: UserId, admins: ReadonlySet<UserId>): Role =>
  card.ownerId === userId ? 'owner' : admins.has(userId) ? 'admin' : 'member';
