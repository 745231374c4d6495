import type { Conversation } from '@dunlin/contracts/wire';
import { Keyed } from '../store/keyed.js';
import { Computed } from '../store/observable.js';
import type { DunlinError } from '../errors/dunlin-error.js';
import type { Chat } from './chat.js';

export interface Unread {
  /** Unread messages in all conversations. */
  readonly total: number;
  /** Those of conversations that are not muted: for a badge. */
  readonly unmuted: number;
}

export interface ListState {
  /** Whether the list was read to its end once, perhaps on an earlier day: an empty one is empty only then. */
  readonly complete: boolean;
  /** Why the server was asked for it in vain the last time; null after an answer, and while it was not asked. */
  readonly error: DunlinError | null;
}

interface Known {
  get(id: string): Chat | undefined;
  all(): Iterable<Chat>;
  readonly listState: ListState;
}

const UNKNOWN: ListState = { complete: false, error: null };

/** What the outside sees of the conversations. These observables stay when the person changes; what they hold does not. */
export class ChatViews {
  private readonly listeners = new Set<(id: string | undefined) => void>();
  /** The ids of those that timelines show, the one opened last at the end. Whoever opens them says so. */
  shown: () => readonly string[] = () => [];

  constructor(private readonly chats: () => Known | undefined) {}

  readonly list = new Computed<readonly Conversation[]>((before) => {
    const all = [...(this.chats()?.all() ?? [])].map((chat) => chat.conversation);
    all.sort((a, b) => Number(b.pinned) - Number(a.pinned) || compare(b.updatedAt, a.updatedAt) || compare(b.id, a.id));
    const same = before?.length === all.length && all.every((one, index) => one === before[index]);
    return same ? before : all;
  });

  readonly unread = new Computed<Unread>((before) => {
    let total = 0;
    let unmuted = 0;
    for (const { conversation } of this.chats()?.all() ?? []) {
      total += conversation.unread;
      if (!conversation.muted) unmuted += conversation.unread;
    }
    return before?.total === total && before.unmuted === unmuted ? before : { total, unmuted };
  });

  readonly listState = new Computed<ListState>(() => this.chats()?.listState ?? UNKNOWN);

  readonly each = new Keyed<Conversation | undefined>((id) => this.chats()?.get(id)?.conversation);

  /** @param listener gets the conversation's id; undefined: any */
  onChange(listener: (id: string | undefined) => void): void {
    this.listeners.add(listener);
  }

  changed(id?: string): void {
    this.list.invalidate();
    this.unread.invalidate();
    this.listState.invalidate();
    if (id === undefined) this.each.invalidateAll();
    else this.each.invalidate(id);
    for (const listener of this.listeners) listener(id);
  }
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
