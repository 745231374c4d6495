import { Module, type DynamicModule } from '@nestjs/common';
import { GroupModule, groupSchema } from '@dunlin/group';
import { PlatformModule, type Config } from '@dunlin/platform';
import { RelationsModule } from '@dunlin/relations';
import { StorageModule } from '@dunlin/storage';
import { TransportModule } from '@dunlin/transport';

/** The group context as a service of its own. */
@Module({})
export class GroupAppModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: GroupAppModule,
      imports: [
        PlatformModule.forRoot(config),
        StorageModule.forRoot(groupSchema),
        TransportModule.kafka({ service: 'group' }),
        RelationsModule.forRoot(),
        GroupModule,
      ],
    };
  }
}
