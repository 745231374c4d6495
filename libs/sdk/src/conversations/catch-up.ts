import { LIMITS, type Conversation, type MessagePage, type Page } from '@dunlin/contracts/wire';
import { DunlinError } from '../errors/dunlin-error.js';
import { pause } from '../platform/pause.js';
import { Value } from '../store/observable.js';
import { Backoff, type BackoffOptions } from '../transport/backoff.js';
import type { Connection } from '../transport/connection.js';
import type { Http } from '../transport/http.js';
import { segment } from '../transport/paging.js';
import type { Chat } from './chat.js';

/** Who knows the conversations. */
export interface ChatBook {
  chats(): Chat[];
  get(id: string): Chat | undefined;
  /** A number for this moment: what is told of later is newer than the answers to what is asked now. */
  readonly now: number;
  /** One that a page names, which was asked for `since`: known, new, or undefined if it was lost meanwhile. */
  learnedFrom(answer: Conversation, since: number): Chat | undefined;
  /** The list has been read to its end. */
  listed(ids: ReadonlySet<string>): void;
  /** It could not be read; it may be tried again. */
  listFailed(error: DunlinError): void;
  /** Unread of this one has to be asked for. */
  recount(id: string): void;
  /** Its log has grown. */
  grown(chat: Chat): void;
  /** The server says that it is not this person's. */
  lost(id: string): void;
  /** Whether its answer may be under way that fills the hole. */
  awaitsOwn(chat: Chat): boolean;
}

export interface CatchUpOptions {
  /** How many missed messages of a conversation are fetched; with more, only the newest page is, and the rest on demand. */
  maxMissed: number;
  backoff?: BackoffOptions;
}

const SIDE_BY_SIDE = 4;
/** How long the answer to one's own send may explain a hole. Milliseconds. */
const OWN_ANSWER_MS = 300;

/** Fetches what was missed: after every reconnect everywhere, and in between where a hole shows. */
export class CatchUp {
  /** Whether it is being fetched what was missed while the connection was down. */
  readonly syncing = new Value(false);
  private readonly filling = new Map<Chat, Promise<void>>();
  private run = new AbortController();
  /** What is behind and will have its turn, in that order, and those who see to it. */
  private turns = new Set<Chat>();
  private lanes = new Set<Promise<void>>();
  /** What shows to be behind now will have its turn. */
  private asking = false;

  constructor(
    private readonly http: Http,
    private readonly connection: Connection,
    private readonly book: ChatBook,
    private readonly options: CatchUpOptions,
  ) {}

  /** The connection is up. Runs until all is there or the connection is down again. Never rejects. */
  async start(): Promise<void> {
    this.stop();
    const { signal } = (this.run = new AbortController());
    this.turns = new Set();
    this.lanes = new Set();
    this.asking = true;
    this.syncing.set(true);
    try {
      // a list that is long or cannot be had holds up nothing of what is known
      await Promise.all([this.repeat(this.wholeList(signal), signal), this.missed(signal)]);
      await this.fillAll(this.book.chats(), signal);
    } catch {
      // stopped, or refused for good: the next connection begins anew
    } finally {
      if (!signal.aborted) this.finish();
    }
  }

  stop(): void {
    this.run.abort();
    this.asking = false;
    this.syncing.set(false);
  }

  /** A hole has shown: it is filled at once, unless its turn comes anyway. */
  behind(chat: Chat): void {
    if (!this.asking && !this.turns.has(chat)) void this.fill(chat);
  }

  /** Fills a hole. One at a time for each conversation; never rejects. */
  fill(chat: Chat): Promise<void> {
    const running = this.filling.get(chat);
    if (running) return running;
    const { signal } = this.run;
    const work = this.repeat(() => this.fetchMissed(chat, signal), signal)
      .catch((error: unknown) => {
        // they may be in it again by now: then it is another
        const gone = DunlinError.from(error).code === 'not_found' && this.book.get(chat.id) === chat;
        if (gone) this.book.lost(chat.id);
      })
      .finally(() => this.filling.delete(chat));
    this.filling.set(chat, work);
    return work;
  }

  /**
   * Again and again while the server says that it may work later, until the connection is gone or what was missed is fetched
   * anew, which brings it too. @throws DunlinError
   */
  insist<T>(work: () => Promise<T>): Promise<T> {
    return this.repeat(work, this.run.signal);
  }

  private async repeat<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const backoff = new Backoff(this.options.backoff);
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const failure = DunlinError.from(error);
        if (signal.aborted || !failure.retryable || !this.connection.online) throw failure;
        await pause(backoff.next(failure.retryAfterMs), signal);
      }
    }
  }

  private finish(): void {
    this.syncing.set(false);
    // holes that showed after their conversation's turn
    for (const chat of this.book.chats()) if (chat.isBehind) void this.fill(chat);
  }

  private async missed(signal: AbortSignal): Promise<void> {
    const asked = (): void => {
      if (signal.aborted) return;
      this.asking = false;
      // also when it has to be asked again: what the list said is behind does not wait for that
      void this.fillAll(this.book.chats(), signal);
    };
    await this.repeat(() => this.sync(signal).finally(asked), signal);
    await this.fillAll(this.book.chats(), signal);
  }

  /** Some side by side, in order, behind those whose turn is to come already. Resolves when nobody is left. */
  private async fillAll(chats: readonly Chat[], signal: AbortSignal): Promise<void> {
    const { turns, lanes } = this;
    for (const chat of chats) if (chat.isBehind) turns.add(chat);
    const run = async (): Promise<void> => {
      for (const chat of turns) {
        turns.delete(chat);
        if (!signal.aborted) await this.fill(chat);
      }
    };
    for (;;) {
      while (turns.size > 0 && lanes.size < SIDE_BY_SIDE) {
        const lane: Promise<void> = run().finally(() => lanes.delete(lane));
        lanes.add(lane);
      }
      if (lanes.size === 0) return;
      await Promise.race(lanes);
    }
  }

  /** @returns what reads the list, and goes on where it broke off when it is called again */
  private wholeList(signal: AbortSignal): () => Promise<void> {
    const ids = new Set<string>();
    let cursor: string | null | undefined;
    return async () => {
      try {
        while (cursor !== null) {
          const since = this.book.now;
          const page = await this.http.json<Page<Conversation>>('GET', '/conversations', {
            query: { limit: LIMITS.page.max, cursor },
            signal,
          });
          for (const { id } of page.items) ids.add(id);
          this.take(page.items, since, signal);
          cursor = page.nextCursor;
        }
      } catch (error) {
        if (!signal.aborted) this.book.listFailed(DunlinError.from(error));
        throw error;
      }
      this.book.listed(ids);
    };
  }

  private take(conversations: readonly Conversation[], since: number, signal: AbortSignal): void {
    const { asking } = this;
    this.asking = true;
    const chats = conversations.flatMap((conversation) => this.book.learnedFrom(conversation, since) ?? []);
    this.asking = asking;
    if (!asking) void this.fillAll(chats, signal);
  }

  /** What the server has beyond the cursors. Conversations that are unknown here come with the list. */
  private async sync(signal: AbortSignal): Promise<void> {
    const cursors = Object.fromEntries(this.book.chats().map((chat) => [chat.id, chat.log.head]));
    for (let more = true; more && !signal.aborted;) {
      const answer = await this.connection.request('sync', { cursors });
      const chats = new Map(this.book.chats().map((chat) => [chat.id, chat]));
      for (const news of answer.conversations) {
        cursors[news.id] = news.lastSeq;
        const chat = chats.get(news.id);
        if (chat?.applyCount(news)) this.book.recount(news.id);
      }
      more = answer.more && answer.conversations.length > 0;
    }
  }

  private async fetchMissed(chat: Chat, signal: AbortSignal): Promise<void> {
    if (chat.log.hasHole && this.book.awaitsOwn(chat)) await pause(OWN_ANSWER_MS, signal);
    while (chat.isBehind && !signal.aborted) {
      const { log } = chat;
      const before = log.head;
      if (chat.end - log.head > this.options.maxMissed) await this.jump(chat);
      else {
        const conversationId = chat.id;
        const page = await this.connection.request('conversation:sync', {
          conversationId,
          afterSeq: log.head,
          limit: LIMITS.history.max,
        });
        log.addAfter(log.head, page);
      }
      this.book.grown(chat);
      if (log.head === before) return; // the server knows no more than we do
    }
  }

  /** Too much was missed: on from the newest page. */
  private async jump(chat: Chat): Promise<void> {
    const page = await this.http.get<MessagePage>(`/conversations/${segment(chat.id)}/messages`, {
      limit: LIMITS.history.default,
    });
    const first = page.messages.at(-1)?.seq ?? page.lastSeq + 1;
    chat.log.addBefore(page.lastSeq + 1, page);
    chat.log.jump(first - 1);
  }
}
