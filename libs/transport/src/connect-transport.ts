import type { INestApplication } from '@nestjs/common';
import { Transport } from './transport.js';

/**
 * Registers the application's handlers, connects and starts to answer. Call it after the application's pipes and
 * adapters are set and before it listens. What waits for a broker waits here.
 */
export async function connectTransport(app: INestApplication): Promise<void> {
  const transport = app.get(Transport);
  app.connectMicroservice({ strategy: transport.server });
  // Hooks may call other services, and no request may come before the hooks have run.
  await transport.connect();
  await app.init();
  await app.startAllMicroservices();
}
