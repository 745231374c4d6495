import 'reflect-metadata';
import { bootstrap } from '@dunlin/platform';
import { connectTransport } from '@dunlin/transport';
import { GroupAppModule } from './app.module.js';

await bootstrap({
  name: 'group',
  defaultPort: 3002,
  needs: ['databaseUrl', 'jwtSecret', 'redisUrl', 'kafkaBrokers'],
  root: (config) => GroupAppModule.forRoot(config),
  configure: (app) => connectTransport(app),
});
