import { Conversations } from './conversations/conversations.js';
import { Drafts } from './conversations/drafts.js';
import type { ClientEvents } from './events/client-events.js';
import { Groups } from './groups/groups.js';
import { MediaFiles } from './media/media-files.js';
import { SizeLimit } from './media/size-limit.js';
import type { DunlinOptions } from './options.js';
import { Messages } from './outbox/messages.js';
import { Blocks } from './people/blocks.js';
import { Friends } from './people/friends.js';
import { Users } from './people/users.js';
import { Presence } from './presence/presence.js';
import { Runtime, type ConnectionView } from './runtime.js';
import type { Session } from './session/session.js';
import type { Observable } from './store/observable.js';
import { Typing } from './typing/typing.js';

/**
 * A client of one Dunlin server. Its parts stay the same objects over sign-ins and sign-outs, so a user interface binds to
 * them once. Every method that fails does so with a `DunlinError`.
 */
export class DunlinClient {
  /** Signing up, in and out; this account's devices. */
  readonly session: Session;
  readonly conversations: Conversations;
  /** One's own messages. */
  readonly messages: Messages;
  readonly drafts = new Drafts();
  readonly presence = new Presence();
  readonly typing = new Typing();
  readonly users: Users;
  readonly friends: Friends;
  readonly blocks: Blocks;
  readonly groups: Groups;
  readonly media: MediaFiles;
  private readonly runtime: Runtime;

  /** Reads the storage and, when a session is there, connects. */
  constructor(options: DunlinOptions) {
    const { drafts, presence, typing } = this;
    this.runtime = new Runtime(options, { drafts, presence, typing });
    const { http, session } = this.runtime;
    this.session = session;
    this.conversations = new Conversations(this.runtime);
    const limit = new SizeLimit(http, options.maxFileBytes);
    this.messages = new Messages(this.runtime, limit);
    this.users = new Users(http, session);
    this.friends = new Friends(http);
    this.blocks = new Blocks(http);
    this.groups = new Groups(http);
    this.media = new MediaFiles(http, limit);
    this.connection.subscribe(() => {
      if (this.connection.getSnapshot().status === 'online') void limit.learn();
    });
    void this.runtime.started();
  }

  /** Whether the server can be reached, and how many messages wait for it. */
  get connection(): Observable<ConnectionView> {
    return this.runtime.connection;
  }

  /**
   * Whether a reload finds the session again: not where the browser lets the page keep nothing, or has no room. All else
   * works for as long as the page is there.
   */
  get lasting(): Observable<boolean> {
    return this.runtime.lasting;
  }

  /** Resolves when the storage has been read: session, conversations and outbox are as they were left. Never rejects. */
  ready(): Promise<void> {
    return this.runtime.started();
  }

  /** Connects at once instead of waiting for the next attempt. */
  reconnect(): void {
    this.runtime.account?.connection.hurry();
  }

  /** @returns a function that ends the subscription */
  on<E extends keyof ClientEvents>(event: E, listener: (payload: ClientEvents[E]) => void): () => void {
    return this.runtime.events.on(event, listener);
  }

  /** Disconnects and writes down what waits to be. The session stays; a new client goes on from here. Never rejects. */
  close(): Promise<void> {
    return this.runtime.close();
  }
}
