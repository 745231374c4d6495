import { Module, type DynamicModule, type INestApplication } from '@nestjs/common';
import { EventBus, RpcClient } from '@dunlin/contracts';
import { Config } from '@dunlin/platform';
import { Hub } from './in-process/hub.js';
import { InProcessEventBus } from './in-process/in-process-event-bus.js';
import { InProcessRpcClient } from './in-process/in-process-rpc-client.js';
import { InProcessServer } from './in-process/in-process-server.js';
import { checkPlainData } from './in-process/plain-data.js';

@Module({})
export class TransportModule {
  static inProcess(): DynamicModule {
    const hub = new Hub();
    return {
      module: TransportModule,
      global: true,
      providers: [
        { provide: Hub, inject: [Config], useFactory: (config: Config) => (checkPlainData(!config.production), hub) },
        { provide: RpcClient, useFactory: () => new InProcessRpcClient(hub) },
        { provide: EventBus, useFactory: () => new InProcessEventBus(hub) },
      ],
      exports: [RpcClient, EventBus, Hub],
    };
  }
}

export async function connectTransport(app: INestApplication): Promise<void> {
  app.connectMicroservice({ strategy: new InProcessServer(app.get(Hub)) });
  await app.startAllMicroservices();
}
