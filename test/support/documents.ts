import { request } from './http.js';
import { sharedServer } from './server.js';

/** What the server says that it has, as its API documents tell. */

/** `METHOD /path/{template}`, each. */
export async function routes(): Promise<string[]> {
  const { body } = await request<{ paths: Record<string, object> }>(base(), 'GET', '/api/openapi.json');
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

/** Names of the events that clients send. */
export const clientEvents = (): Promise<string[]> => events('receive');
/** Names of the events that the server sends. */
export const serverEvents = (): Promise<string[]> => events('send');

interface AsyncApi {
  channels: { im: { messages: Record<string, { name: string }> } };
  operations: Record<string, { action: string; messages: { $ref: string }[] }>;
}

async function events(action: 'receive' | 'send'): Promise<string[]> {
  const { body } = await request<AsyncApi>(base(), 'GET', '/api/asyncapi.json');
  return Object.values(body.operations)
    .filter((operation) => operation.action === action)
    .flatMap(({ messages }) => messages)
    .map(({ $ref }) => body.channels.im.messages[$ref.split('/').at(-1) as string]?.name as string);
}

const base = (): string => sharedServer().gateways[0] as string;
