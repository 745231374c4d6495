import type { Ack, ClientToServerEvents, Conversation, FriendRequest, GroupCard, Media } from '@dunlin/contracts/wire';
import { ConnectError, Device } from '../../support/device.js';
import type { Reply } from '../../support/http.js';
import { picture } from '../../support/images.js';
import { newClientMsgId } from '../../support/names.js';
import { befriend, people, Person, Visitor } from '../../support/person.js';

/** Who asks, in the order of the table's columns. The owner is the one whom all others are something to. */
export const ACTORS = ['owner', 'admin', 'member', 'former', 'stranger', 'blocked', 'anonymous'] as const;
export type Actor = (typeof ACTORS)[number];

/** What no outsider's answer may hold: the names and words of what is the owner's and the group's. */
export const SECRET = 'nightjar-9f3b';

/**
 * The people, friendships and conversations that all cells share. What a cell would use up (a group, a request, a
 * session) is made for that cell alone.
 */
export class World {
  private readonly devices = new Map<Actor, Device>();

  private constructor(
    readonly actors: Record<Exclude<Actor, 'anonymous'>, Person> & { anonymous: Visitor },
    /** A friend of the owner and a plain member of each group, whom others act on. */
    readonly rook: Person,
    /** Nobody to anybody. */
    readonly bystander: Person,
    /** Nobody either, whom the owner asks to be a friend. */
    readonly wren: Person,
    /** The owner's direct conversations, by the other one. */
    readonly direct: Record<'member' | 'former' | 'blocked', string>,
    /** With a message and an image; the former member was there before. */
    readonly group: GroupCard,
    readonly media: Media,
  ) {}

  static async create(): Promise<World> {
    const [owner, admin, member, former, stranger, blocked] = await people(
      'owner',
      'admin',
      'member',
      'former',
      'stranger',
      'blocked',
    );
    const [rook, bystander, wren] = await people('rook', 'bystander', 'wren');
    for (const friend of [admin, member, former, blocked, rook]) await befriend(owner, friend);
    const direct = {} as Record<'member' | 'former' | 'blocked', string>;
    for (const [name, who] of Object.entries({ member, former, blocked })) {
      const { id } = await owner.ok<Conversation>('POST', '/conversations/direct', { userId: who.id });
      await owner.post(id, `${SECRET} for ${name}`);
      direct[name as keyof typeof direct] = id;
    }
    await owner.ok('DELETE', `/friends/${former.id}`);
    await owner.ok('PUT', `/blocks/${blocked.id}`);
    const actors = { owner, admin, member, former, stranger, blocked, anonymous: new Visitor() };
    const group = await foundGroup(actors, rook, 'invite');
    const media = await owner.uploaded(await picture('png', 40, 30), `${SECRET}.png`);
    await owner.ok('POST', `/conversations/${group.conversationId}/messages`, {
      clientMsgId: newClientMsgId(),
      type: 'image',
      content: { mediaId: media.id },
    });
    await owner.post(group.conversationId, SECRET);
    return new World(actors, rook, bystander, wren, direct, group, media);
  }

  get owner(): Person {
    return this.actors.owner;
  }

  /** A group of the same people that no other cell touches. */
  newGroup(joinPolicy: GroupCard['joinPolicy'] = 'invite'): Promise<GroupCard> {
    return foundGroup(this.actors, this.rook, joinPolicy);
  }

  /** One that the bystander has asked to join. */
  async askedGroup(): Promise<GroupCard> {
    const group = await this.newGroup('approval');
    await this.bystander.ok('POST', `/groups/${group.id}/join`, { message: SECRET });
    return group;
  }

  /** Who is friends with the owner is so again, whatever the cell before did. */
  async befriendAgain(actor: Actor): Promise<void> {
    if (actor !== 'admin' && actor !== 'member') return;
    const who = this.actors[actor];
    const answer = await who.http('POST', '/friend-requests', { userId: this.owner.id });
    if (answer.status === 201)
      await this.owner.ok('POST', `/friend-requests/${(answer.body as FriendRequest).id}/accept`);
  }

  /** A pending request from the bystander to the owner. */
  async pendingRequest(): Promise<string> {
    await this.owner.http('DELETE', `/friends/${this.bystander.id}`);
    const body = { userId: this.owner.id, message: SECRET };
    return (await this.bystander.ok<FriendRequest>('POST', '/friend-requests', body)).id;
  }

  /** The answer to an event; to who cannot connect, what the handshake is refused with. */
  async emit(actor: Actor, event: keyof ClientToServerEvents, payload: unknown): Promise<Ack<unknown>> {
    const who = this.actors[actor];
    if (!(who instanceof Person)) return refusedHandshake(who);
    const device = this.devices.get(actor) ?? (await who.connect());
    this.devices.set(actor, device);
    return device.raw(event, payload);
  }
}

async function foundGroup(
  { owner, admin, member, former }: World['actors'],
  rook: Person,
  joinPolicy: GroupCard['joinPolicy'],
): Promise<GroupCard> {
  const memberIds = [admin.id, member.id, rook.id];
  const group = await owner.ok<GroupCard>('POST', '/groups', { name: `Room ${SECRET}`, joinPolicy: 'open', memberIds });
  await owner.ok('PATCH', `/groups/${group.id}/members/${admin.id}`, { role: 'admin' });
  await former.ok('POST', `/groups/${group.id}/join`, {});
  await owner.ok('DELETE', `/groups/${group.id}/members/${former.id}`);
  if (joinPolicy !== 'open') await owner.ok('PATCH', `/groups/${group.id}`, { joinPolicy });
  return group;
}

async function refusedHandshake(who: Visitor): Promise<Ack<unknown>> {
  const failure: unknown = await Device.connect(who.base, undefined).catch((error: unknown) => error);
  if (failure instanceof ConnectError && failure.data) return { ok: false, error: failure.data };
  throw new Error('Somebody without a token was let in');
}

export type Answer = Reply | Ack<unknown>;
