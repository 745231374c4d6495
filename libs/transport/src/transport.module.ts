import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { EventBus, RpcClient } from '@dunlin/contracts';
import { Clock, Config, Health } from '@dunlin/platform';
import { TransportEventBus } from './event-bus.js';
import { InProcessTransport } from './in-process/in-process-transport.js';
import type { ServiceName } from './kafka/kafka-transport.js';
import { TransportRpcClient } from './rpc-client.js';
import { Transport } from './transport.js';

/** Provides {@link RpcClient} and {@link EventBus} to all modules. */
@Module({})
export class TransportModule {
  /** For the monolith: everything answers in the same process. */
  static inProcess(): DynamicModule {
    return globally({
      provide: Transport,
      inject: [Config, Clock],
      useFactory: (config: Config, clock: Clock) => new InProcessTransport(config, clock),
    });
  }

  /**
   * For the split: a gateway hears every event itself, processes of the other services share theirs. Reports itself to
   * {@link Health} as `kafka`.
   */
  static kafka({ service }: { service: ServiceName }): DynamicModule {
    return globally({
      provide: Transport,
      inject: [Config, Clock, Health],
      // loaded only here: one process has no use for a Kafka client
      useFactory: async (config: Config, clock: Clock, health: Health) => {
        const { KafkaTransport } = await import('./kafka/kafka-transport.js');
        return new KafkaTransport(service, config, clock, health);
      },
    });
  }
}

const globally = (transport: Provider<Transport>): DynamicModule => ({
  module: TransportModule,
  global: true,
  providers: [
    transport,
    {
      provide: RpcClient,
      inject: [Transport, Clock],
      useFactory: ({ client }: Transport, clock: Clock) => new TransportRpcClient(client, clock),
    },
    {
      provide: EventBus,
      inject: [Transport],
      useFactory: ({ client }: Transport) => new TransportEventBus(client),
    },
  ],
  exports: [Transport, RpcClient, EventBus],
});
