import 'reflect-metadata';
import { configureGateway } from '@dunlin/gateway';
import { bootstrap } from '@dunlin/platform';
import { connectTransport } from '@dunlin/transport';
import { GatewayAppModule } from './app.module.js';

await bootstrap({
  name: 'gateway',
  defaultPort: 3000,
  needs: ['jwtSecret', 'redisUrl', 'kafkaBrokers'],
  root: (config) => GatewayAppModule.forRoot(config),
  configure: async (app, config) => {
    await configureGateway(app, config);
    await connectTransport(app);
  },
});
