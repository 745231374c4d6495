export { configureGateway } from './configure-gateway.js';
export { GatewayModule } from './gateway.module.js';
export { webIsBuilt } from './web/serve-web.js';
