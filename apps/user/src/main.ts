import 'reflect-metadata';
import { bootstrap } from '@dunlin/platform';
import { connectTransport } from '@dunlin/transport';
import { UserAppModule } from './app.module.js';

await bootstrap({
  name: 'user',
  defaultPort: 3001,
  needs: ['databaseUrl', 'jwtSecret', 'redisUrl', 'kafkaBrokers'],
  root: (config) => UserAppModule.forRoot(config),
  configure: (app) => connectTransport(app),
});
