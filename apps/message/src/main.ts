import 'reflect-metadata';
import { bootstrap } from '@dunlin/platform';
import { connectTransport } from '@dunlin/transport';
import { MessageAppModule } from './app.module.js';

await bootstrap({
  name: 'message',
  defaultPort: 3003,
  needs: ['databaseUrl', 'jwtSecret', 'redisUrl', 'kafkaBrokers'],
  root: (config) => MessageAppModule.forRoot(config),
  configure: (app) => connectTransport(app),
});
