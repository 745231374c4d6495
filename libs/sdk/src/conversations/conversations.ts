import { type Conversation, type MessagePage } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import type { Observable } from '../store/observable.js';
import type { Runtime } from '../runtime.js';
import { segment } from '../transport/paging.js';
import type { ListState, Unread } from './chat-views.js';
import { Timeline } from './timeline.js';

export interface HistoryQuery {
  /** Ascending after this seq. */
  afterSeq?: number;
  /** Descending before this seq. Neither of the two: descending from the newest. */
  beforeSeq?: number;
  /** 1–200; default 50. */
  limit?: number;
}

/** The person's conversations: what is known here at once, and kept up to date while there is a connection. */
export class Conversations {
  /** The conversation opened last at the end. They outlive the account, as the person may sign in again. */
  private readonly timelines = new Map<string, Set<Timeline>>();

  /** @internal */
  constructor(private readonly runtime: Runtime) {
    runtime.views.shown = () => [...this.timelines.keys()];
    runtime.views.onChange((id) => this.refresh(id));
  }

  /** All of them, pinned ones first, then the newest activity. */
  get list(): Observable<readonly Conversation[]> {
    return this.runtime.views.list;
  }

  /** Whether `list` is all there is, and if not, why. */
  get listState(): Observable<ListState> {
    return this.runtime.views.listState;
  }

  /** Asks for the list again, now: for somebody who does not want to wait. What comes of it stands in `listState`. */
  reload(): void {
    this.runtime.account?.reload();
  }

  /** Unread messages over all conversations. */
  get unread(): Observable<Unread> {
    return this.runtime.views.unread;
  }

  /** One of them; undefined while it is not known here. */
  of(conversationId: string): Observable<Conversation | undefined> {
    return this.runtime.views.each.of(conversationId);
  }

  /**
   * A window on a conversation's messages. What the cache has is there at once; the rest is loaded, and why that failed
   * stands in the snapshot's `error`. At the newest end it grows with what comes, until `jumpToLatest` or `holdNewest` is
   * called; see {@link Timeline}. Close it when it is no longer shown.
   * @param at `unread` (default): the first unread message is in it and focused; `latest`; or the seq to begin with
   */
  open(conversationId: string, { at = 'unread' }: { at?: 'unread' | 'latest' | number } = {}): Timeline {
    const { runtime } = this;
    const timeline = new Timeline({
      me: () => runtime.account?.user.id ?? '',
      chat: () => runtime.account?.chats.get(conversationId),
      entries: () => runtime.account?.entriesOf(conversationId) ?? [],
      stateOf: (entry) => runtime.account?.outbox.stateOf(entry),
      history: (query) => this.history(conversationId, query),
      grown: (chat) => runtime.account?.chats.grown(chat),
      read: (seq) => this.markRead(conversationId, seq),
      closed: () => this.closed(conversationId, timeline),
    });
    const set = this.timelines.get(conversationId) ?? new Set();
    this.timelines.delete(conversationId);
    this.timelines.set(conversationId, set.add(timeline));
    this.begin(conversationId, timeline, at);
    return timeline;
  }

  /**
   * The direct conversation with somebody; the same one for ever.
   * @throws DunlinError `not_friends`, `blocked`, `not_found`, `validation_failed` (with oneself), `network`
   */
  async openDirect(userId: string): Promise<Conversation> {
    return this.learned(() => this.runtime.http.post('/conversations/direct', { userId }));
  }

  /** Asks the server for one. @throws DunlinError `not_found`, `network` */
  async fetch(conversationId: string): Promise<Conversation> {
    return (await this.runtime.required.chats.fetch(conversationId)).conversation;
  }

  /** Changes one's own settings for it. @throws DunlinError `not_found`, `network` */
  async update(conversationId: string, settings: { muted?: boolean; pinned?: boolean }): Promise<Conversation> {
    return this.learned(() => this.runtime.http.patch(path(conversationId), settings));
  }

  /**
   * A page of the log, past all caches.
   * @throws DunlinError `not_found`, `validation_failed`, `network`
   */
  history(conversationId: string, query: HistoryQuery = {}): Promise<MessagePage> {
    return this.runtime.http.get(`${path(conversationId)}/messages`, { ...query });
  }

  /** The person has read up to `seq`: shown at once, told to the server when it can be reached. Never back. */
  markRead(conversationId: string, seq: number): void {
    const { account } = this.runtime;
    const chat = account?.chats.get(conversationId);
    if (account && chat) account.readMarks.mark(chat, seq);
  }

  /** By whoever asks: somebody else may be signed in when it is answered. */
  private async learned(ask: () => Promise<Conversation>): Promise<Conversation> {
    await this.runtime.session.restored();
    const chats = this.runtime.account?.chats;
    const since = chats?.now ?? 0;
    const conversation = await ask();
    chats?.learnedFrom(conversation, since);
    return conversation;
  }

  /** The first look waits for the session, the cache or the conversation, whichever is last. */
  private begin(conversationId: string, timeline: Timeline, at: 'unread' | 'latest' | number): void {
    const start = (): boolean => {
      if (!this.runtime.account?.chats.get(conversationId)) return false;
      void timeline.begin(at).catch(() => undefined); // its snapshot says why
      return true;
    };
    if (start()) return;
    const stop = this.of(conversationId).subscribe(() => {
      if (!this.isOpen(conversationId, timeline) || start()) stop();
    });
    // the whole list may not have it: it is another's, or not there
    const looked = (): boolean => {
      const open = this.isOpen(conversationId, timeline);
      if (open && !this.listState.getSnapshot().complete) return false;
      if (open) this.look(conversationId, timeline);
      return true;
    };
    if (looked()) return;
    const listed = this.listState.subscribe(() => {
      if (looked()) listed();
    });
  }

  private isOpen(conversationId: string, timeline: Timeline): boolean {
    return this.timelines.get(conversationId)?.has(timeline) ?? false;
  }

  /** Asks the server, again and again while it may work later; and when the connection is back, unless it has said no. */
  private look(conversationId: string, timeline: Timeline): void {
    const { account, connection } = this.runtime;
    let refusal: DunlinError | undefined;
    const ask = async (): Promise<void> => {
      if (this.of(conversationId).getSnapshot() || !this.isOpen(conversationId, timeline)) return;
      await this.fetch(conversationId).catch((error: unknown) => {
        refusal = DunlinError.from(error);
        timeline.failed(refusal);
        throw refusal;
      });
    };
    const asked = account ? account.catchUp.insist(ask) : ask();
    asked.catch(() => {
      if (!refusal?.retryable) return;
      const again = (): boolean => {
        const open = this.isOpen(conversationId, timeline);
        if (open && connection.getSnapshot().status !== 'online') return false;
        if (open) this.look(conversationId, timeline);
        return true;
      };
      if (again()) return;
      const stop = connection.subscribe(() => {
        if (again()) stop();
      });
    });
  }

  private closed(conversationId: string, timeline: Timeline): void {
    const set = this.timelines.get(conversationId);
    set?.delete(timeline);
    if (set?.size !== 0) return;
    this.timelines.delete(conversationId);
    this.runtime.account?.chats.closed(conversationId);
  }

  private refresh(conversationId: string | undefined): void {
    const ids = conversationId === undefined ? [...this.timelines.keys()] : [conversationId];
    for (const id of ids) for (const timeline of this.timelines.get(id) ?? []) timeline.invalidate();
  }
}

const path = (conversationId: string): string => `/conversations/${segment(conversationId)}`;
