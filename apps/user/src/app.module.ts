import { Module, type DynamicModule } from '@nestjs/common';
import { UserModule, userSchema } from '@dunlin/user';
import { PlatformModule, type Config } from '@dunlin/platform';
import { RelationsModule } from '@dunlin/relations';
import { StorageModule } from '@dunlin/storage';
import { TransportModule } from '@dunlin/transport';

/** The user context as a service of its own. */
@Module({})
export class UserAppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: UserAppModule,
      imports: [
        PlatformModule.forRoot(config),
        StorageModule.forRoot(userSchema),
        TransportModule.kafka({ service: 'user' }),
        RelationsModule.forRoot(),
        UserModule,
      ],
    };
  }
}
