import { Module, type DynamicModule } from '@nestjs/common';
import { MessageModule, messageSchema } from '@dunlin/message';
import { PlatformModule, type Config } from '@dunlin/platform';
import { RelationsModule } from '@dunlin/relations';
import { StorageModule } from '@dunlin/storage';
import { TransportModule } from '@dunlin/transport';

/** The message context as a service of its own. */
@Module({})
export class MessageAppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: MessageAppModule,
      imports: [
        PlatformModule.forRoot(config),
        StorageModule.forRoot(messageSchema),
        TransportModule.kafka({ service: 'message' }),
        RelationsModule.forRoot(),
        MessageModule,
      ],
    };
  }
}
