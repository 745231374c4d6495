import { Module, type DynamicModule } from '@nestjs/common';
import { GatewayModule } from '@dunlin/gateway';
import { MediaModule } from '@dunlin/media';
import { PlatformModule, type Config } from '@dunlin/platform';
import { RelationsModule } from '@dunlin/relations';
import { TransportModule } from '@dunlin/transport';

/** HTTP and Socket.IO; everything durable is asked of the services. */
@Module({})
export class GatewayAppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: GatewayAppModule,
      imports: [
        PlatformModule.forRoot(config),
        TransportModule.kafka({ service: 'gateway' }),
        RelationsModule.forRoot(),
        MediaModule,
        GatewayModule,
      ],
    };
  }
}
