import 'reflect-metadata';
import { configureGateway, webIsBuilt } from '@dunlin/gateway';
import { bootstrap } from '@dunlin/platform';
import { connectTransport } from '@dunlin/transport';
import { MonolithModule } from './app.module.js';

/** What a machine listens on that answers to this name. */
const AS_LOCALHOST = new Set(['localhost', '127.0.0.1', '0.0.0.0', '[::]', '[::1]']);

await bootstrap({
  name: 'dunlin',
  defaultPort: 3000,
  root: (config) => MonolithModule.forRoot(config),
  configure: async (app, config) => {
    await configureGateway(app, config);
    await connectTransport(app);
  },
  started: async (app, config) => {
    const { hostname, port } = new URL(await app.getUrl());
    const url = `http://${AS_LOCALHOST.has(hostname) ? 'localhost' : hostname}:${port}`;
    process.stdout.write(
      [
        '',
        '  Dunlin is running.',
        `  Chat      ${webIsBuilt(config) ? url : 'not built (npm run build:web)'}`,
        `  Sockets   ${url}/im  (Socket.IO)`,
        `  API docs  ${config.apiDocs ? `${url}/api/docs` : 'off (API_DOCS=on)'}`,
        `  Health    ${url}/health/ready`,
        `  Try       npm run demo${url === 'http://localhost:3000' ? '' : ` -- --url ${url}`}`,
        '',
        '',
      ].join('\n'),
    );
  },
});
