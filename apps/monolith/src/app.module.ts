import { Module, type DynamicModule } from '@nestjs/common';
import { GatewayModule } from '@dunlin/gateway';
import { GroupModule, groupSchema } from '@dunlin/group';
import { MessageModule, messageSchema } from '@dunlin/message';
import { MediaModule } from '@dunlin/media';
import { PlatformModule, type Config } from '@dunlin/platform';
import { RelationsModule } from '@dunlin/relations';
import { mergeSchemas, StorageModule } from '@dunlin/storage';
import { TransportModule } from '@dunlin/transport';
import { UserModule, userSchema } from '@dunlin/user';

/** Everything in one process. */
@Module({})
export class MonolithModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: MonolithModule,
      imports: [
        PlatformModule.forRoot(config),
        StorageModule.forRoot(mergeSchemas(userSchema, groupSchema, messageSchema)),
        TransportModule.inProcess(),
        RelationsModule.forRoot(),
        MediaModule,
        GatewayModule,
        UserModule,
        GroupModule,
        MessageModule,
      ],
    };
  }
}
