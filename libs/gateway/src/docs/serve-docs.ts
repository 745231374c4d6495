import { SwaggerModule } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createAsyncApi } from './asyncapi.js';
import { createOpenApi } from './openapi.js';

/** Swagger UI at /api/docs, the documents at /api/openapi.json and /api/asyncapi.json. */
export function serveDocs(app: NestFastifyApplication, version: string): void {
  const openApi = createOpenApi(app, version);
  const asyncApi = createAsyncApi(openApi, version);
  SwaggerModule.setup('api/docs', app, openApi, {
    jsonDocumentUrl: 'api/openapi.json',
    yamlDocumentUrl: 'api/openapi.yaml',
  });
  app
    .getHttpAdapter()
    .getInstance()
    .get('/api/asyncapi.json', (_request, reply) => reply.send(asyncApi));
}
