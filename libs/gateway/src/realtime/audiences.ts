import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  DunlinError,
  messageRpc,
  RpcClient,
  type CommittedMessage,
  type ConversationId,
  type UserId,
} from '@dunlin/contracts';
import { Lru } from '@dunlin/platform';

export interface GroupAudience {
  version: number;
  /** With the first seq that is theirs. */
  members: Map<UserId, number>;
}

/** Members of all groups together, some 120 bytes each. */
const CAPACITY = 500_000;
const ATTEMPTS = 5;

/**
 * Who is in which group conversation, as of a version. The log's own events carry it forward in order; where this
 * gateway knows less than an event presumes, it asks before it emits.
 */
@Injectable()
export class Audiences {
  private readonly known = new Lru<ConversationId, GroupAudience>(CAPACITY, () => 0);
  private readonly loading = new Map<ConversationId, Promise<GroupAudience | undefined>>();

  constructor(private readonly rpc: RpcClient) {}

  /** The audience as of at least `version`; undefined when the conversation is gone. */
  async atLeast(id: ConversationId, version: number): Promise<GroupAudience | undefined> {
    const known = this.peek(id, version);
    if (known) return known;
    // a load that is under way may have read what was before
    const running = this.loading.get(id);
    const joined = running && (await running);
    if (joined && joined.version >= version) return joined;
    const loaded = await this.load(id);
    if (loaded && loaded.version < version) throw new Error(`Audience ${id} is behind version ${version}`);
    return loaded;
  }

  /** What is known without asking, if it is recent enough. */
  peek(id: ConversationId, version: number): GroupAudience | undefined {
    const known = this.known.get(id);
    return known && known.version >= version ? known : undefined;
  }

  /** A message that announces a change takes the audience from the version before to its own. */
  advance(id: ConversationId, { message, recipients, membership }: CommittedMessage): void {
    const known = this.known.get(id);
    if (!known || !membership || !('version' in recipients) || known.version !== recipients.version - 1) return;
    for (const userId of membership.left) known.members.delete(userId);
    for (const userId of membership.joined) known.members.set(userId, message.seq);
    known.version = recipients.version;
  }

  forget(id: ConversationId): void {
    this.known.delete(id);
  }

  private load(id: ConversationId): Promise<GroupAudience | undefined> {
    const running = this.loading.get(id);
    if (running) return running;
    const started = this.ask(id).finally(() => this.loading.delete(id));
    this.loading.set(id, started);
    return started;
  }

  private async ask(id: ConversationId): Promise<GroupAudience | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.rpc.call(messageRpc.audienceOf, { conversationId: id });
        const audience = {
          version: answer.version,
          members: new Map(answer.members.map(({ userId, joinedSeq }) => [userId, joinedSeq])),
        };
        const known = this.known.get(id);
        // the log's events may have carried it further meanwhile
        if (known && known.version > audience.version) return known;
        this.known.set(id, audience, Infinity, 1 + audience.members.size);
        return audience;
      } catch (error) {
        if (DunlinError.from(error).code === 'not_found') return undefined;
        if (attempt === ATTEMPTS) throw error;
        await delay(100 * attempt);
      }
    }
  }
}
