import { DunlinError } from '../errors/dunlin-error.js';
import type { Connection } from '../transport/connection.js';
import type { Chat } from './chat.js';

const RETRY_MS = 2000;

/** Tells the server how far the person has read: at once, or when the connection is back. */
export class ReadMarks {
  private readonly telling = new Set<string>();

  constructor(
    private readonly connection: Connection,
    private readonly changed: (chat: Chat) => void,
    /** What is left unread has to be asked for. */
    private readonly recount: (chat: Chat) => void,
  ) {}

  /** Shown at once. @param seq up to which; not beyond what is here */
  mark(chat: Chat, seq: number): void {
    const target = Math.min(seq, chat.end);
    if (target <= chat.conversation.readSeq) return;
    chat.wantedRead = Math.max(target, chat.wantedRead);
    chat.readTo(target);
    this.changed(chat);
    void this.tell(chat);
  }

  /** The connection is up. */
  flush(chats: Iterable<Chat>): void {
    for (const chat of chats) if (chat.wantedRead > 0) void this.tell(chat);
  }

  private async tell(chat: Chat): Promise<void> {
    if (this.telling.has(chat.id)) return;
    this.telling.add(chat.id);
    try {
      while (chat.wantedRead > 0 && this.connection.online) {
        const seq = chat.wantedRead;
        const answer = await this.connection.request('conversation:read', { conversationId: chat.id, seq });
        if (chat.wantedRead === seq) chat.wantedRead = 0;
        // at the end of what is here the answer is exact; elsewhere a push may be under way that it counts already
        if (answer.readSeq >= chat.end && answer.unread === 0) chat.readTo(answer.readSeq);
        this.changed(chat);
      }
      // only now does the server count from there
      if (chat.wantedRead === 0 && chat.isUncounted) this.recount(chat);
    } catch (error) {
      // with the connection gone it is told when that is back
      const { retryable, retryAfterMs } = DunlinError.from(error);
      if (!retryable) chat.wantedRead = 0;
      else if (this.connection.online) setTimeout(() => void this.tell(chat), retryAfterMs ?? RETRY_MS);
    } finally {
      this.telling.delete(chat.id);
    }
  }
}
