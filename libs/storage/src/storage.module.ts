import { Inject, Injectable, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Config, Health } from '@dunlin/platform';
import { connect, type Schema } from './connect.js';
import { Database } from './database.js';
import { Outbox } from './outbox.js';
import { CONTEXT_TABLES, UnitOfWork, type ContextTables } from './unit-of-work.js';

@Injectable()
class DatabaseLifecycle implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly db: Database) {}

  onApplicationShutdown(): Promise<void> {
    return this.db.close();
  }
}

@Module({})
export class StorageModule {
  /** The process's database with the tables of the contexts that run in it. Global. */
  static forRoot(schema: Schema): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        {
          provide: Database,
          inject: [Config, Health],
          useFactory: async (config: Config, health: Health): Promise<Database> => {
            const db = await connect(config.databaseUrl, schema, { migrate: config.embedded });
            health.register('database', () => db.ping());
            return db;
          },
        },
        DatabaseLifecycle,
      ],
      exports: [Database],
    };
  }

  /** One context's unit of work and outbox, private to its module. */
  static forContext(tables: ContextTables): DynamicModule {
    return {
      module: StorageModule,
      providers: [{ provide: CONTEXT_TABLES, useValue: tables }, UnitOfWork, Outbox],
      exports: [UnitOfWork, Outbox],
    };
  }
}
