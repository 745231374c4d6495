import { BIDI_CONTROLS, LIMITS, type MessageRef, type SendTarget } from '@dunlin/contracts/wire';
import { invalid } from '../errors/dunlin-error.js';
import type { SizeLimit } from '../media/size-limit.js';
import { checkSize } from '../media/upload.js';
import { newId } from '../platform/ids.js';
import { Keyed } from '../store/keyed.js';
import type { Observable } from '../store/observable.js';
import type { Account } from '../account.js';
import type { Runtime } from '../runtime.js';

/** Where a message goes: a conversation, a friend, or a group that one is in. */
export type Target = { conversationId: string } | { toUserId: string } | { toGroupId: string };

export type TextMessage = Target & {
  /** 1–4,000 characters. */
  text: string;
  /** A message of the same conversation. */
  replyTo?: MessageRef;
};

export type FileMessage = Target & {
  file: Blob;
  /** Default: the name of a File. */
  name?: string;
  /** Default: `image` for PNG, JPEG, WebP and GIF. */
  type?: 'image' | 'file';
  replyTo?: MessageRef;
};

const IMAGES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'];

/**
 * One's own messages. They are taken at once, offline too; shown as pending; sent in order, again and again with the same
 * key until the server has answered; and outlive a reload.
 */
export class Messages {
  private readonly failed = new Keyed<number>(
    (id) => this.runtime.account?.entriesOf(id).filter(({ status }) => status === 'failed').length ?? 0,
  );

  private readonly unsent = new Keyed<readonly string[]>((id, before) => {
    const entries = this.runtime.account?.entriesOf(id) ?? [];
    const now = entries.flatMap((entry) => (entry.type === 'text' ? entry.text : []));
    return before?.length === now.length && now.every((text, index) => text === before[index]) ? before : now;
  });

  /** @internal */
  constructor(
    private readonly runtime: Runtime,
    private readonly limit: SizeLimit,
  ) {
    runtime.views.onChange((id) => {
      for (const view of [this.failed, this.unsent]) {
        if (id === undefined) view.invalidateAll();
        else view.invalidate(id);
      }
    });
  }

  /** The texts of a conversation that wait or were refused, in order. */
  unsentIn(conversationId: string): Observable<readonly string[]> {
    return this.unsent.of(conversationId);
  }

  /** How many of a conversation were refused, and wait to be retried or discarded. */
  failedIn(conversationId: string): Observable<number> {
    return this.failed.of(conversationId);
  }

  /**
   * @returns the message's key in its timeline, and in `message:stored` and `message:failed`
   * @throws DunlinError `validation_failed`, `signed_out`; what the server refuses later is in the timeline
   */
  send(message: TextMessage): string {
    const { text, replyTo } = orNone(message);
    const { min, max } = LIMITS.text;
    checkLength('content.text', text, min, max);
    return this.add(message, replyTo, (common) => ({ ...common, type: 'text', text }));
  }

  /**
   * Sends a picture or a file; its `progress` is in the timeline.
   * @returns the message's key
   * @throws DunlinError as {@link checkFile}, and `signed_out`; what the server refuses later is in the timeline
   */
  sendFile(message: FileMessage): string {
    const { file, replyTo, ...given } = orNone(message);
    this.checkFile(file, given.name);
    const name = nameOf(file, given.name);
    const type = given.type ?? (IMAGES.includes(file.type) ? 'image' : 'file');
    const facts = { type, name, mime: file.type, size: file.size, blob: file };
    return this.add(message, replyTo, (common) => ({ ...common, ...facts }));
  }

  /**
   * Whether {@link sendFile} takes it; of several, all can be checked before the first is sent. Reads nothing of it.
   * @throws DunlinError `validation_failed`, `payload_too_large`
   */
  checkFile(file: Blob, name?: string): void {
    checkSize(file, this.limit.bytes, 'content.file');
    if (file.size === 0) throw invalid('content.file', 'must not be empty');
    checkLength('content.name', nameOf(file, name), LIMITS.fileName.min, LIMITS.fileName.max);
  }

  /**
   * Sends a failed one again, behind what waits.
   * @throws DunlinError `not_found`, `conflict` (it has not failed), `signed_out`, `internal` (the storage cannot be read)
   */
  async retry(key: string): Promise<void> {
    return this.runtime.required.outbox.retry(key);
  }

  /**
   * Takes back one that has failed, or that has not left yet; an upload under way is cancelled.
   * @throws DunlinError `not_found`, `conflict` (it may have been stored), `signed_out`; `internal`: the storage did not let
   *   go of it, so that it is back, and is sent, after a reload
   */
  async discard(key: string): Promise<void> {
    return this.runtime.required.outbox.discard(key);
  }

  /** The picture or file of a message that is not uploaded yet, to show it; null otherwise. */
  file(key: string): Blob | null {
    const entry = this.runtime.account?.outbox.get(key);
    return (entry && entry.type !== 'text' && entry.blob) || null;
  }

  private add(message: Target, replyTo: MessageRef | undefined, complete: Complete): string {
    const account = this.runtime.required;
    const target = targetOf(message);
    const clientMsgId = newId();
    account.outbox.add(complete({ clientMsgId, target, ...(replyTo ? { replyTo: refOf(replyTo) } : {}) }));
    return clientMsgId;
  }
}

type NewEntry = Parameters<Account['outbox']['add']>[0];
type Complete = (common: { clientMsgId: string; target: SendTarget; replyTo?: MessageRef }) => NewEntry;

/** The server refuses these controls in names, and a copied name on Windows may begin with one. */
const nameOf = (file: Blob, name?: string): string =>
  checkText('content.name', name ?? ((file as Partial<File>).name || 'file')).replace(BIDI_CONTROLS, '');

const TARGETS = ['conversationId', 'toUserId', 'toGroupId'] as const;

/** Exactly one, however the caller's object looks. */
function targetOf(message: SendTarget): SendTarget {
  const [name = 'conversationId', other] = TARGETS.filter((each) => message[each] != null);
  if (other) throw invalid(other, `must not stand beside ${name}`);
  if (!checkText(name, message[name])) throw invalid(name, 'must not be empty');
  return { [name]: message[name] };
}

/** Whoever writes JavaScript may give nothing. */
const orNone = <T>(message: T | undefined): T => message ?? ({} as T);

function checkText(path: string, text: unknown): string {
  if (typeof text !== 'string') throw invalid(path, 'must be a string');
  return text;
}

const refOf = ({ messageId, seq }: MessageRef): MessageRef => ({ messageId, seq });

function checkLength(path: string, text: unknown, min: number, max: number): void {
  const { length } = [...checkText(path, text)]; // code points, as the server counts
  if (length < min || length > max) throw invalid(path, `must be ${min} to ${max} characters`);
}
