import type { Clock, Config } from '@dunlin/platform';
import { Handlers } from '../handlers.js';
import { Transport } from '../transport.js';
import { InProcessClient } from './in-process-client.js';
import { InProcessServer } from './in-process-server.js';

/** Handlers and callers in one process. */
export class InProcessTransport extends Transport {
  readonly server: InProcessServer;
  readonly client: InProcessClient;

  constructor(config: Config, clock: Clock) {
    super();
    const handlers = new Handlers();
    this.server = new InProcessServer(handlers);
    this.client = new InProcessClient(handlers, clock, !config.production);
  }

  override async connect(): Promise<void> {
    // there is nothing to connect to
  }
}
