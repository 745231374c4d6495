import 'reflect-metadata';
import { configureGateway, webIsBuilt } from '@dunlin/gateway';
import { bootstrap } from '@dunlin/platform';
import { connectTransport } from '@dunlin/transport';
import { MonolithModule } from './app.module.js';

await bootstrap({
  name: 'dunlin',
  defaultPort: 3000,
  root: (config) => MonolithModule.forRoot(config),
  configure: async (app, config) => {
    await configureGateway(app, config);
    await connectTransport(app);
  },
  started: async (app, config) => {
    const url = `http://localhost:${new URL(await app.getUrl()).port}`;
    process.stdout.write(
      [
        '',
        '  Dunlin is running.',
        `  Chat      ${webIsBuilt(config) ? url : 'not built (npm run build:web)'}`,
        `  Sockets   ${url}/im  (Socket.IO)`,
        `  API docs  ${config.apiDocs ? `${url}/api/docs` : 'off (API_DOCS=on)'}`,
        `  Health    ${url}/health/ready`,
        `  Try       npm run demo${url.endsWith(':3000') ? '' : ` -- --url ${url}`}`,
        '',
        '',
      ].join('\n'),
    );
  },
});
