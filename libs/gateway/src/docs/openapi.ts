import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ERRORS, SOCKET_MODELS } from '@dunlin/contracts';

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457 problem details',
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    retryable: { type: 'boolean' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

/** The HTTP API's description, made from the controllers and DTO classes. */
export function createOpenApi(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Dunlin')
    .setDescription('An instant-messaging server. Live events: see /api/asyncapi.json.')
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth()
    .setOpenAPIVersion('3.1.0')
    .build();
  const made = SwaggerModule.createDocument(app, config, {
    extraModels: [...SOCKET_MODELS],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const document = asJsonSchema(made);
  document.components = { ...document.components };
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM as never };
  for (const path of Object.values(document.paths)) {
    for (const operation of Object.values(path) as { responses?: Record<string, unknown> }[]) {
      if (!operation.responses) continue;
      operation.responses['default'] = {
        description: 'An error of the catalogue',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      };
    }
  }
  return document;
}

/**
 * The schemas of OpenAPI 3.1 are JSON Schema, as those of AsyncAPI are: it knows no `nullable`, which is a type there. And
 * all our numbers are whole ones.
 */
function asJsonSchema(document: OpenAPIObject): OpenAPIObject {
  return JSON.parse(JSON.stringify(document), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { nullable, ...schema } = value as Record<string, unknown>;
    if (schema['type'] === 'number') schema['type'] = 'integer';
    if (nullable !== true) return schema;
    const { allOf, type, ...rest } = schema;
    if (Array.isArray(allOf)) return { ...rest, anyOf: [...(allOf as unknown[]), { type: 'null' }] };
    return { ...rest, type: [type, 'null'] };
  }) as OpenAPIObject;
}
