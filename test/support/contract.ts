import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { sharedServer } from './server.js';

/**
 * The published documents, held against all that the suite sends and gets: what they say must be so. Outside a run with a
 * shared server nothing is held against anything.
 */

interface Media {
  schema?: object;
}
interface Operation {
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}
interface AsyncApi {
  channels: { im: { messages: Record<string, { name: string; payload: object }> } };
}

export interface Exchange {
  method: string;
  /** From the root, with its query. */
  path: string;
  /** As it was sent; undefined for none, and for what is no JSON. */
  body: unknown;
  status: number;
  contentType: string;
  reply: unknown;
}

/** @throws Error when a documented route answers, or takes, what the OpenAPI document does not say */
export function holdExchange({ method, path, body, status, contentType, reply }: Exchange): void {
  const found = documents()?.operation(method, path.split('?')[0] as string);
  if (!found) return;
  const { operation, pointer } = found;
  const where = `${method} ${path} → ${status}`;
  const answer = operation.responses[status] ? String(status) : 'default';
  if (answer === 'default' && status < 400) throw new Error(`${where}: OpenAPI knows no such answer`);
  const content = operation.responses[answer]?.content ?? {};
  const type = contentType.split(';', 1)[0] as string;
  if (status !== 304 && type !== '' && !(type in content)) throw new Error(`${where}: OpenAPI knows no ${type} there`);
  if (reply !== undefined) hold(`${pointer}/responses/${answer}/content/${escaped(type)}/schema`, reply, where);
  if (status >= 300) return;
  const json = operation.requestBody?.content['application/json'];
  if (body !== undefined && json)
    hold(`${pointer}/requestBody/content/application~1json/schema`, body, `body of ${where}`);
  if (body === undefined && json && operation.requestBody?.required === true)
    throw new Error(`${where}: went well without the body that OpenAPI calls required`);
}

/** @throws Error when an answer to a documented event, or a payload that was taken, is not as the AsyncAPI document says */
export function holdAck(event: string, payload: unknown, ack: { ok: boolean }): void {
  holdMessage(`${event} ack`, ack);
  if (ack.ok) holdMessage(event, payload, 'receive');
}

/** @throws Error when a pushed event is not as the AsyncAPI document says */
export const holdPushed = (event: string, payload: unknown): void => holdMessage(event, payload, 'send');

function holdMessage(name: string, payload: unknown, action: 'receive' | 'send' = 'receive'): void {
  const key = documents()?.message(name, action);
  if (key !== undefined) hold(`asyncapi#/channels/im/messages/${escaped(key)}/payload`, payload, name);
}

function hold(pointer: string, value: unknown, where: string): void {
  const check = documents()?.check(pointer);
  if (!check) throw new Error(`${where}: there is no schema at ${pointer}`);
  if (check(value)) return;
  const faults = (check.errors ?? []).slice(0, 5).map(({ instancePath, message }) => `${instancePath} ${message}`);
  throw new Error(
    `${where} is not what the document says: ${faults.join('; ')}\n${JSON.stringify(value)?.slice(0, 600)}`,
  );
}

const escaped = (part: string): string => part.replace(/~/g, '~0').replace(/\//g, '~1');

let read: Documents | undefined;
const documents = (): Documents | undefined => {
  if (!process.env['DUNLIN_E2E_SERVER']) return undefined;
  return (read ??= new Documents(sharedServer().folder));
};

class Documents {
  private readonly ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
  private readonly openApi: OpenApi;
  private readonly messages: Map<string, string>;
  private readonly templates: { pattern: RegExp; template: string }[];

  constructor(folder: string) {
    const load = <T>(name: string): T => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as T;
    this.openApi = load<OpenApi>('openapi');
    const asyncApi = load<AsyncApi>('asyncapi');
    this.ajv.addFormat('date-time', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/);
    for (const format of ['binary', 'uri-reference']) this.ajv.addFormat(format, true);
    this.ajv.addSchema(this.openApi, 'openapi').addSchema(asyncApi, 'asyncapi');
    // the same name both ways, like conversation:read, is two messages: keys of pushed ones begin with `on`
    this.messages = new Map(
      Object.entries(asyncApi.channels.im.messages).map(([key, { name }]) => [
        `${/^on[A-Z]/.test(key) ? 'send' : 'receive'} ${name}`,
        key,
      ]),
    );
    this.templates = Object.keys(this.openApi.paths)
      // /users/me before /users/{id}
      .sort((a, b) => a.split('{').length - b.split('{').length)
      .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`) }));
  }

  operation(method: string, path: string): { operation: Operation; pointer: string } | undefined {
    const verb = method.toLowerCase();
    for (const { template, pattern } of this.templates) {
      const operation = pattern.test(path) ? this.openApi.paths[template]?.[verb] : undefined;
      if (operation) return { operation, pointer: `openapi#/paths/${escaped(template)}/${verb}` };
    }
    return undefined;
  }

  message(name: string, action: 'receive' | 'send'): string | undefined {
    return this.messages.get(`${action} ${name}`);
  }

  check(pointer: string): ValidateFunction | undefined {
    return this.ajv.getSchema(encodeURI(pointer));
  }
}
