import { Module, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { parseConfig, PlatformModule } from '@dunlin/platform';
import { connectTransport, TransportModule, type ServiceName } from '@dunlin/transport';

export const BROKERS = process.env['KAFKA_BROKERS'] ?? '';

/** One app over Kafka, as its composition root would make it, with these handlers. */
export async function startApp(
  service: ServiceName,
  instanceId: string,
  controllers: Type[],
  env: Record<string, string> = {},
): Promise<INestApplication> {
  const config = parseConfig(
    { KAFKA_BROKERS: BROKERS, JWT_SECRET: 'a secret of the tests, long enough', INSTANCE_ID: instanceId, ...env },
    { name: service, defaultPort: 0 },
  );
  @Module({ imports: [PlatformModule.forRoot(config), TransportModule.kafka({ service })], controllers })
  class Root {}
  const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: false, abortOnError: false });
  await connectTransport(app);
  return app;
}

/** Resolves when `condition` holds. @throws Error after `timeoutMs` */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end;) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('It did not come about');
}
