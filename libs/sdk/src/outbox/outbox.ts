import type { Media, SendPayload, SendResult, SendTarget } from '@dunlin/contracts/wire';
import type { EntryState } from '../conversations/chat-message.js';
import { DunlinError, isTokenRefused, ofStorage } from '../errors/dunlin-error.js';
import type { BackoffOptions } from '../transport/backoff.js';
import { LaneRunner } from './lane-runner.js';
import { toPayload, type OutboxEntry, type OutgoingFile } from './outbox-entry.js';
import type { OutboxStore } from './outbox-store.js';
import type { Ownership } from './ownership.js';
import { RecentKeys } from './recent-keys.js';

export interface UploadFile {
  readonly blob: Blob;
  readonly name: string;
}

/** What the outbox needs of the rest of the client. */
export interface OutboxPorts {
  online(): boolean;
  conversationOf(target: SendTarget): string;
  /** The seq of the newest message; undefined: the conversation is not known. */
  newestOf(lane: string): number | undefined;
  send(payload: SendPayload): Promise<SendResult>;
  upload(file: UploadFile, options: { onProgress: (share: number) => void; signal: AbortSignal }): Promise<Media>;
  /** The server has it. The entry goes when this has returned, so that the message is never shown nowhere. */
  stored(entry: OutboxEntry, result: SendResult): void;
  failed(entry: OutboxEntry, error: DunlinError): void;
  /** The server does not take something for this lane: it may be that there is no such conversation. */
  refused(lane: string): void;
  /** What is shown of a lane has changed. */
  changed(lane: string): void;
}

/** How long a message waits for an older one of another tab until it looks again. Milliseconds. */
const LOOK_MS = 2000;

/** `internal` says that the same may work later; a message for which it never does must not hold up the others for ever. */
const MAX_INTERNAL = 6;

/** News is late by moments. What comes behind so many others is sent again, and the server has it once. */
const MAX_OVER = 1000;

/** When it is tried again to read what an earlier run has left. Milliseconds. */
const READ_AGAIN_MS = 30_000;

type NewEntry = OutboxEntry extends infer E
  ? E extends OutboxEntry
    ? Omit<E, 'lane' | 'owner' | 'order' | 'status' | 'attempted' | 'createdAt'>
    : never
  : never;

/**
 * Messages that the server has not confirmed. Each lane (a conversation) has one on its way at a time: with two, the first
 * could be answered `busy` and the second stored before it. That holds over all tabs: what was written first goes first,
 * whichever tab has it.
 */
export class Outbox {
  private readonly entries = new Map<string, OutboxEntry>();
  /** Keys of what was stored or taken back: late news of it does not bring it back. */
  private readonly over = new RecentKeys(MAX_OVER);
  private readonly progress = new Map<string, number>();
  private readonly uploads = new Map<string, AbortController>();
  /** By lane. */
  private readonly runners = new Map<string, LaneRunner>();
  private readonly internals = new Map<string, number>();
  private order = 0;
  private ready = false;
  private closed = false;
  private unread: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: OutboxStore,
    private readonly ownership: Ownership,
    private readonly ports: OutboxPorts,
    private readonly backoff: BackoffOptions = {},
  ) {
    ownership.onNews({
      put: (entry) =>
        this.over.has(entry.clientMsgId) || this.put(withBytes(entry, this.entries.get(entry.clientMsgId))),
      of: (owner) => this.all.filter((entry) => entry.owner === owner),
      inherit: (entry) => this.inherit(entry),
      gone: (clientMsgId) => this.forget(clientMsgId),
      wanted: (clientMsgId, by) => this.handOver(clientMsgId, by),
    });
  }

  /**
   * Reads what an earlier run has left, and takes over what its clients can no longer send. A storage that cannot be read
   * just now keeps nothing from being sent that is written from now on. Never rejects.
   */
  async start(): Promise<void> {
    const left = await this.store.load().catch(() => undefined);
    if (this.closed) return;
    for (const entry of left ?? [])
      if (!this.entries.has(entry.clientMsgId) && !this.over.has(entry.clientMsgId)) this.put(entry);
    if (!left) this.unread = setTimeout(() => void this.start(), READ_AGAIN_MS);
    this.ready = true;
    this.ownership.start([...this.entries.values()], () => this.store.load());
    this.wake();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.unread);
    for (const runner of this.runners.values()) runner.close();
    for (const upload of this.uploads.values()) upload.abort();
    this.ownership.close();
  }

  /** Takes a message; it is sent when its turn comes. */
  add(input: NewEntry): void {
    this.keep({
      ...input,
      owner: this.ownership.id,
      order: this.nextOrder(),
      createdAt: new Date().toISOString(),
      status: 'pending',
      attempted: false,
    } as OutboxEntry);
  }

  get(clientMsgId: string): OutboxEntry | undefined {
    return this.entries.get(clientMsgId);
  }

  /** What waits or has failed in a lane, in order. */
  of(lane: string): OutboxEntry[] {
    return [...this.entries.values()].filter((entry) => entry.lane === lane).sort((a, b) => a.order - b.order);
  }

  get all(): OutboxEntry[] {
    return [...this.entries.values()];
  }

  /** How many the storage has no room for. */
  get unwritten(): number {
    return this.all.filter(({ clientMsgId }) => this.store.lacks(clientMsgId)).length;
  }

  stateOf({ clientMsgId, status, attempted, owner }: OutboxEntry): EntryState {
    const discardable = status === 'failed' || (!attempted && owner === this.ownership.id);
    return { progress: this.progress.get(clientMsgId), discardable };
  }

  /** Whether a send of this lane is on its way, so that its answer may explain a hole. */
  isSending(lane: string): boolean {
    return this.runners.get(lane)?.running ?? false;
  }

  /** The connection is up, or something else has changed for the better. */
  wake(): void {
    for (const lane of new Set([...this.entries.values()].map((entry) => entry.lane))) this.run(lane);
  }

  /** The log has it, so an answer got lost. */
  confirm(clientMsgId: string): void {
    if (this.entries.has(clientMsgId)) void this.remove(clientMsgId).catch(() => undefined);
  }

  /** Sends a failed one again, behind what waits. @throws DunlinError `not_found`, `conflict` */
  async retry(clientMsgId: string): Promise<void> {
    const entry = await this.take(clientMsgId);
    const again: OutboxEntry = { ...entry, status: 'pending', order: this.nextOrder() };
    delete again.error;
    delete again.failedAfter;
    this.internals.delete(clientMsgId);
    this.keep(again);
  }

  /** @throws DunlinError `not_found`; `conflict` when it may have been stored; `internal` when it is still in the storage */
  async discard(clientMsgId: string): Promise<void> {
    const entry = this.entries.get(clientMsgId);
    if (!entry) throw new DunlinError('not_found');
    if (!this.stateOf(entry).discardable) throw new DunlinError('conflict', { message: 'It is on its way' });
    this.uploads.get(clientMsgId)?.abort();
    await this.remove(clientMsgId).catch((error: unknown) => {
      throw ofStorage(error);
    });
  }

  /**
   * Its conversation is gone: nobody can send any of it any more, nor find it. The other tabs find that out by themselves, and
   * may still show it.
   */
  drop(lane: string): void {
    for (const entry of this.of(lane)) {
      this.uploads.get(entry.clientMsgId)?.abort();
      this.forget(entry.clientMsgId);
      void this.store.remove(entry.clientMsgId).catch(() => undefined);
      if (entry.status === 'pending') this.ports.failed(entry, new DunlinError('not_found'));
    }
  }

  /** Behind all that is known, and by the clock, which other tabs go by as well. */
  private nextOrder(): number {
    return (this.order = Math.max(this.order + 1, Date.now() * 1000));
  }

  /** A failed one, as one's own to send: another tab may have written it. */
  private async take(clientMsgId: string): Promise<OutboxEntry> {
    const shown = this.entries.get(clientMsgId);
    if (!shown) throw new DunlinError('not_found');
    if (shown.status !== 'failed') throw new DunlinError('conflict', { message: 'It has not failed' });
    if (shown.owner === this.ownership.id) return shown;
    const whole = await this.store.get(clientMsgId).catch((error: unknown) => {
      throw ofStorage(error);
    });
    if (!whole) throw new DunlinError('not_found');
    return { ...whole, owner: this.ownership.id };
  }

  private run(lane: string): void {
    if (this.ready && !this.closed) this.runner(lane).wake();
  }

  private runner(lane: string): LaneRunner {
    const known = this.runners.get(lane);
    if (known) return known;
    const made = new LaneRunner(() => this.sendAll(lane), this.backoff);
    this.runners.set(lane, made);
    return made;
  }

  private async sendAll(lane: string): Promise<void> {
    for (;;) {
      if (this.closed || !this.ports.online()) return;
      const next = await this.turn(lane);
      if (!next || this.closed || !this.ports.online()) return;
      if (!(await this.attempt(next))) return;
    }
  }

  /** What is next in a lane, if it is this client's to send; another's is asked for. */
  private async turn(lane: string): Promise<OutboxEntry | undefined> {
    for (const entry of this.of(lane)) {
      const { clientMsgId, owner, status } = entry;
      if (status !== 'pending') continue;
      if (owner === this.ownership.id) return entry;
      const kept = await this.store.get(clientMsgId).catch(() => undefined);
      if (this.closed) return undefined;
      if (this.entries.get(clientMsgId) !== entry) return this.turn(lane);
      // its news was missed, or it could not be written; neither may hold this lane up for ever
      if (kept?.status !== 'pending') continue;
      // of two that took it at once the storage says which has it
      if (kept.owner === this.ownership.id) return this.put(withBytes(kept, entry));
      this.ownership.want(kept);
      this.runner(lane).lookLater(LOOK_MS);
      return undefined;
    }
    return undefined;
  }

  /** Its client is gone: whatever this one waited for in that lane, it goes at once. */
  private inherit(entry: OutboxEntry): void {
    if (this.closed || this.over.has(entry.clientMsgId)) return;
    this.runners.get(this.ports.conversationOf(entry.target))?.endPause();
    this.keep(entry);
  }

  /** What a connected client asks for it gets, with all that waits in the same lane, unless this one can send it. */
  private handOver(clientMsgId: string, by: string): void {
    const asked = this.entries.get(clientMsgId);
    if (!asked) return void (this.over.has(clientMsgId) || this.adopt(clientMsgId));
    if (this.ports.online() || this.isSending(asked.lane)) return;
    for (const entry of this.of(asked.lane))
      if (entry.status === 'pending' && entry.owner === this.ownership.id) this.keep({ ...entry, owner: by });
  }

  /** The storage says that it is this client's, which knows nothing of it: stored twice it is not. */
  private async adopt(clientMsgId: string): Promise<void> {
    const kept = await this.store.get(clientMsgId).catch(() => undefined);
    if (kept?.owner === this.ownership.id && !this.entries.has(clientMsgId) && !this.closed) this.keep(kept);
  }

  /** @returns whether the lane may go on at once */
  private async attempt(entry: OutboxEntry): Promise<boolean> {
    try {
      const ready = await this.uploaded(entry);
      if (!this.entries.has(entry.clientMsgId)) return true; // discarded meanwhile
      const sent: OutboxEntry = { ...ready, attempted: true };
      this.keep(sent);
      const result = await this.ports.send(toPayload(sent));
      if (this.closed) return false;
      this.runner(entry.lane).succeeded();
      this.ports.stored(sent, result);
      this.confirm(entry.clientMsgId);
      return true;
    } catch (error) {
      return this.closed ? false : this.refused(entry.clientMsgId, DunlinError.from(error));
    }
  }

  private async uploaded(entry: OutboxEntry): Promise<OutboxEntry> {
    if (entry.type === 'text' || entry.media) return entry;
    if (!entry.blob || !(await isReadable(entry.blob)))
      throw new DunlinError('not_found', { message: 'The file is no longer here' });
    const upload = new AbortController();
    const { clientMsgId, lane } = entry;
    this.uploads.set(clientMsgId, upload);
    const onProgress = (share: number): void => {
      this.progress.set(clientMsgId, share);
      this.ports.changed(lane);
    };
    onProgress(0);
    try {
      const media = await this.ports.upload(
        { blob: entry.blob, name: entry.name },
        { onProgress, signal: upload.signal },
      );
      const ready: OutgoingFile = { ...entry, media };
      delete ready.blob;
      if (this.entries.has(clientMsgId)) this.keep(ready);
      return ready;
    } finally {
      this.uploads.delete(clientMsgId);
      this.progress.delete(clientMsgId);
      this.ports.changed(lane);
    }
  }

  /** @returns whether the lane may go on at once */
  private refused(clientMsgId: string, error: DunlinError): boolean {
    const entry = this.entries.get(clientMsgId);
    if (!entry) return true;
    const again =
      (error.retryable && !this.hopeless(clientMsgId, error)) || isTokenRefused(error) || error.code === 'signed_out';
    if (again) {
      // without a connection it goes on when that is back
      if (error.code !== 'network' || this.ports.online()) this.runner(entry.lane).pause(error.retryAfterMs);
      return false;
    }
    const failedAfter = this.ports.newestOf(entry.lane);
    this.keep({ ...entry, status: 'failed', attempted: false, error: error.toJSON(), failedAfter });
    this.ports.failed(entry, error);
    this.ports.refused(entry.lane);
    return true;
  }

  private hopeless(clientMsgId: string, error: DunlinError): boolean {
    if (error.code !== 'internal') return false;
    const times = (this.internals.get(clientMsgId) ?? 0) + 1;
    this.internals.set(clientMsgId, times);
    return times >= MAX_INTERNAL;
  }

  /** Shows it and writes it down. */
  private keep(given: OutboxEntry): void {
    const entry = this.put(given);
    // what cannot be written is sent all the same; it merely does not outlive a reload, and `unwritten` says so
    void this.store.save(entry).catch(() => undefined);
    this.ownership.tellPut(entry);
  }

  /** @param given its lane may have the name that an older version gave it */
  private put(given: OutboxEntry): OutboxEntry {
    const entry = { ...given, lane: this.ports.conversationOf(given.target) };
    this.entries.set(entry.clientMsgId, entry);
    this.order = Math.max(this.order, entry.order);
    this.ports.changed(entry.lane);
    if (entry.owner === this.ownership.id) this.run(entry.lane);
    this.runners.get(entry.lane)?.lookNow();
    return entry;
  }

  /** It is shown nowhere any more at once. @throws what the storage does not remove it for */
  private remove(clientMsgId: string): Promise<void> {
    this.forget(clientMsgId);
    const removed = this.store.remove(clientMsgId);
    this.ownership.tellGone(clientMsgId);
    return removed;
  }

  private forget(clientMsgId: string): void {
    const entry = this.entries.get(clientMsgId);
    this.internals.delete(clientMsgId);
    this.over.add(clientMsgId);
    if (!entry) return;
    this.entries.delete(clientMsgId);
    this.ports.changed(entry.lane);
    this.runners.get(entry.lane)?.lookNow();
  }
}

/** News of a file comes without its bytes. */
function withBytes(entry: OutboxEntry, known: OutboxEntry | undefined): OutboxEntry {
  if (entry.type === 'text' || entry.media || entry.blob || !known || known.type === 'text' || !known.blob)
    return entry;
  return { ...entry, blob: known.blob };
}

/** A file that was changed or moved after it was chosen fails like a broken line, and would be tried again for ever. */
const isReadable = (blob: Blob): Promise<boolean> =>
  blob
    .slice(0, 1)
    .arrayBuffer()
    .then(
      () => true,
      () => false,
    );
