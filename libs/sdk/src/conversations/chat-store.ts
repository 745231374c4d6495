import type { Conversation, GroupCard, Message, User } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import type { ClientEvents } from '../events/client-events.js';
import type { Emitter } from '../events/emitter.js';
import type { Http } from '../transport/http.js';
import { segment } from '../transport/paging.js';
import type { ChatCache } from './chat-cache.js';
import type { ChatBook } from './catch-up.js';
import { Chat } from './chat.js';
import { compare, type ChatViews, type ListState } from './chat-views.js';

/** What the store tells the parts that come after it. */
export interface ChatStorePorts {
  readonly me: string;
  readonly events: Emitter<ClientEvents>;
  readonly views: ChatViews;
  /** One's own message is in the log. */
  confirmed(message: Message): void;
  /** There is a hole, or more on the server. */
  behind(chat: Chat): void;
  awaitsOwn(chat: Chat): boolean;
  /** Asks again and again while there is a connection and the server says that it may work later. @throws DunlinError */
  insist<T>(ask: () => Promise<T>): Promise<T>;
  /** All conversations are known. */
  listed(): void;
  /** It is none of the person's any more. */
  lost(id: string): void;
}

/** What news of a conversation say. `here`: that it is one's own; `silence`: one's own, which only some of the group's have. */
type Aspect = 'here' | 'gone' | 'settings' | 'group' | 'silence' | 'peer';

/** With twice as many messages, a conversation that no timeline shows forgets all but these. */
const KEPT = 200;
const COMPLETE: ListState = { complete: true, error: null };

/** All conversations of the person, as this device knows them. */
export class ChatStore implements ChatBook {
  private readonly byId = new Map<string, Chat>();
  /** Messages of conversations that are being asked for. */
  private readonly learning = new Map<string, Message[]>();
  /** Those that are being asked for anew, and whether they have to be once more. */
  private readonly counting = new Map<string, { again: boolean }>();
  /** How many changes were told of. */
  private changes = 0;
  /** Of each conversation the number of the last one, by what it was about. */
  private readonly lastChanges = new Map<string, Map<Aspect, number>>();
  private ended = false;
  /** After the list was complete once, what is new is news. The same object until it changes. */
  private state: ListState = { complete: false, error: null };

  constructor(
    private readonly http: Http,
    private readonly cache: ChatCache,
    private readonly ports: ChatStorePorts,
  ) {}

  async restore(): Promise<void> {
    for (const cached of await this.cache.load()) {
      const chat = Chat.restore(cached, this.ports.me);
      if (this.byId.has(chat.id)) continue;
      this.byId.set(chat.id, chat);
    }
    if (await this.cache.wasListed()) this.state = COMPLETE;
    this.ports.views.changed();
  }

  /** Whoever is signed in next hears nothing of what is answered late. */
  close(): void {
    this.ended = true;
  }

  get(id: string): Chat | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<Chat> {
    return this.byId.values();
  }

  get listState(): ListState {
    return this.state;
  }

  chats(): Chat[] {
    const all = [...this.byId.values()];
    const shown = this.ports.views.shown();
    // what is looked at comes first, then what is new
    return all.sort(
      (a, b) =>
        shown.indexOf(b.id) - shown.indexOf(a.id) || compare(b.conversation.updatedAt, a.conversation.updatedAt),
    );
  }

  findDirect(userId: string): Chat | undefined {
    return [...this.byId.values()].find((chat) => chat.conversation.peer?.id === userId);
  }

  /** What to give `learnedFrom` with the answer to what is asked for now. */
  get now(): number {
    return this.changes;
  }

  learnedFrom(answer: Conversation, since: number): Chat | undefined {
    const conversation = this.current(answer, since);
    return conversation && this.learned(conversation);
  }

  learned(conversation: Conversation): Chat {
    const { chat, unsure } = this.take(conversation);
    if (unsure) this.recount(chat.id);
    return chat;
  }

  /** What the list lacks is looked for: it may be gone, or have moved to a page before while the next was read. */
  listed(ids: ReadonlySet<string>): void {
    if (!this.state.complete) this.cache.listed();
    this.state = COMPLETE;
    this.ports.views.listState.invalidate();
    for (const id of this.byId.keys()) if (!ids.has(id)) this.recount(id);
    this.ports.listed();
  }

  listFailed(error: DunlinError): void {
    this.state = { ...this.state, error };
    this.ports.views.listState.invalidate();
  }

  /** One question at a time; an answer is as good as it gets, also if it does not know yet what was read. */
  recount(id: string): void {
    const running = this.counting.get(id);
    if (running) running.again = true;
    else void this.count(id);
  }

  /** Asks for a conversation. @throws DunlinError */
  async fetch(id: string): Promise<Chat> {
    return this.learned(await this.ask(id));
  }

  lost(id: string): void {
    const group = this.byId.get(id)?.conversation.group;
    this.left(id);
    // how it came about was told while this device was away
    if (group) this.ports.events.emit('group:left', { groupId: group.id, reason: 'unknown', group });
  }

  /** As {@link lost}, and whoever listens is told by the caller. */
  left(id: string): void {
    this.changed(id, 'gone');
    if (!this.byId.delete(id)) return;
    this.cache.remove(id);
    this.ports.lost(id);
    this.ports.views.changed(id);
  }

  awaitsOwn(chat: Chat): boolean {
    return this.ports.awaitsOwn(chat);
  }

  /** What was pushed, or what an ack stands for; of any conversations. */
  receive(messages: readonly Message[]): void {
    const byChat = new Map<string, Message[]>();
    for (const message of messages) {
      const known = byChat.get(message.conversationId);
      if (known) known.push(message);
      else byChat.set(message.conversationId, [message]);
    }
    for (const [id, some] of byChat) {
      const chat = this.byId.get(id);
      if (chat) this.put(chat, some);
      else void this.learn(id, some);
    }
  }

  /** No timeline shows it any more. */
  closed(id: string): void {
    const chat = this.byId.get(id);
    if (chat) this.trim(chat);
  }

  /** Its log has grown, or something about it was learned. */
  grown(chat: Chat): void {
    if (this.ended || this.byId.get(chat.id) !== chat) return;
    const fresh = chat.advance();
    this.confirmOwn(fresh); // acks that were lost
    this.told(chat, fresh);
    if (chat.isBehind) this.ports.behind(chat);
  }

  /** Something that is shown of it has changed. */
  touched(chat: Chat): void {
    this.cache.save(chat);
    this.ports.views.changed(chat.id);
  }

  settingsChanged(conversationId: string, settings: { muted: boolean; pinned: boolean }): void {
    const chat = this.get(conversationId);
    if (!chat) return this.recount(conversationId);
    this.changed(chat.id, 'here', 'settings');
    chat.update(settings);
    this.touched(chat);
  }

  groupUpdated(card: GroupCard): void {
    const chat = this.get(card.conversationId);
    if (!chat) return this.recount(card.conversationId);
    this.changed(chat.id, 'here', 'group', ...(card.mutedUntil === undefined ? [] : ['silence' as const]));
    // news of the group that say nothing of one's own silence do not end it
    const { mutedUntil } = chat.conversation.group ?? {};
    chat.update({ group: mutedUntil === undefined ? card : { mutedUntil, ...card } });
    this.touched(chat);
  }

  peerUpdated(user: User): void {
    const chat = this.findDirect(user.id);
    if (!chat) return;
    this.changed(chat.id, 'peer');
    chat.update({ peer: user });
    this.touched(chat);
  }

  private async ask(id: string): Promise<Conversation> {
    for (;;) {
      const since = this.now;
      try {
        const answer = await this.http.get<Conversation>(`/conversations/${segment(id)}`);
        const conversation = this.current(answer, since);
        if (conversation) return conversation;
      } catch (error) {
        // that it is none of theirs may be from before they came into it
        const late = this.byId.has(id) && this.isNews(id, 'here', since);
        if (!late || DunlinError.from(error).code !== 'not_found') throw error;
      }
    }
  }

  private changed(id: string, ...aspects: Aspect[]): void {
    const last = this.lastChanges.get(id) ?? new Map<Aspect, number>();
    this.lastChanges.set(id, last);
    this.changes++;
    for (const aspect of aspects) last.set(aspect, this.changes);
  }

  private isNews(id: string, aspect: Aspect, since: number): boolean {
    return (this.lastChanges.get(id)?.get(aspect) ?? 0) > since;
  }

  /** What was told of after it was asked is newer than the answer may be; undefined if that is its loss. */
  private current(answer: Conversation, since: number): Conversation | undefined {
    const known = this.byId.get(answer.id)?.conversation;
    const lost = this.isNews(answer.id, 'gone', since);
    if (!known) return lost ? undefined : answer;
    const told = (aspect: Aspect): boolean => lost || this.isNews(answer.id, aspect, since);
    const { muted, pinned, group, peer } = known;
    const silence = told('silence') ? group : answer.group;
    return {
      ...answer,
      ...(told('settings') && { muted, pinned }),
      ...(told('group') && group && { group: { ...group, mutedUntil: silence?.mutedUntil } }),
      ...(told('peer') && peer && { peer }),
    };
  }

  private async count(id: string): Promise<void> {
    const run = { again: true };
    this.counting.set(id, run);
    while (run.again && !this.ended) {
      run.again = false;
      try {
        this.take(await this.ports.insist(() => this.ask(id)));
      } catch (error) {
        // with the connection gone the next sync brings it
        if (!this.ended && DunlinError.from(error).code === 'not_found') this.lost(id);
      }
    }
    this.counting.delete(id);
  }

  private take(conversation: Conversation): { chat: Chat; unsure: boolean } {
    let chat = this.byId.get(conversation.id);
    const unsure = chat?.apply(conversation) ?? false;
    if (!chat) {
      // of a conversation that is news, what is unread is news too
      chat = new Chat(conversation, this.ports.me, this.state.complete ? conversation.readSeq : conversation.lastSeq);
      if (!this.ended) this.byId.set(chat.id, chat);
      this.changed(chat.id, 'here');
    }
    this.grown(chat);
    return { chat, unsure };
  }

  private put(chat: Chat, messages: Message[]): void {
    if (this.ended) return;
    const fresh = chat.receive(messages);
    this.confirmOwn(messages);
    this.told(chat, fresh);
    if (chat.log.hasHole) this.ports.behind(chat);
  }

  private told(chat: Chat, fresh: readonly Message[]): void {
    this.trim(chat);
    this.touched(chat);
    for (const message of fresh) this.ports.events.emit('message', message);
  }

  private trim(chat: Chat): void {
    if (chat.log.size > 2 * KEPT && !this.ports.views.shown().includes(chat.id)) chat.log.trim(KEPT);
  }

  private confirmOwn(messages: readonly Message[]): void {
    for (const message of messages)
      if (message.clientMsgId && message.senderId === this.ports.me) this.ports.confirmed(message);
  }

  /** The first message of a conversation that is not known here. */
  private async learn(id: string, messages: Message[]): Promise<void> {
    const waiting = this.learning.get(id);
    if (waiting) return void waiting.push(...messages);
    const held = [...messages];
    this.learning.set(id, held);
    try {
      this.put(await this.ports.insist(() => this.fetch(id)), held);
    } catch {
      // with the network gone the next sync brings it; otherwise it is not this person's any more
    } finally {
      this.learning.delete(id);
    }
  }
}
