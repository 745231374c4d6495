import type { OpenAPIObject } from '@nestjs/swagger';
import { ERRORS, type ClientToServerEvents, type ServerToClientEvents } from '@dunlin/contracts';

type Schema = Record<string, unknown>;
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const listOf = (name: string): Schema => ({ type: 'array', minItems: 1, items: ref(name) });
const object = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

interface ClientEventDoc {
  summary: string;
  payload: Schema;
  data: Schema;
}

/** Typed by the event map: an event that is missing here does not compile. */
const CLIENT_EVENTS: Record<keyof ClientToServerEvents, ClientEventDoc> = {
  'message:send': { summary: 'Send a message', payload: ref('SendMessageDto'), data: ref('SendResultDto') },
  'conversation:sync': {
    summary: 'Messages after a seq',
    payload: ref('SyncConversationDto'),
    data: ref('MessagePageDto'),
  },
  sync: { summary: 'Conversations with something new', payload: ref('SyncDto'), data: ref('SyncResultDto') },
  'conversation:read': {
    summary: 'Move the read cursor',
    payload: ref('ReadConversationDto'),
    data: ref('ReadResultDto'),
  },
  typing: { summary: 'Say that one types, or stopped', payload: ref('TypingDto'), data: { type: 'object' } },
  'presence:subscribe': {
    summary: 'Hear who comes and goes',
    payload: ref('PresenceSubscribeDto'),
    data: { type: 'object', additionalProperties: ref('PresenceDto') },
  },
};

const SERVER_EVENTS: Record<keyof ServerToClientEvents, { summary: string; payload: Schema }> = {
  messages: { summary: 'New messages, ascending by seq within a conversation', payload: listOf('MessageDto') },
  'conversation:read': { summary: 'Somebody has read up to a seq', payload: ref('ReadReceiptDto') },
  typing: { summary: 'Somebody types, or stopped', payload: ref('TypingSignalDto') },
  presence: { summary: 'Somebody came or went', payload: ref('PresenceChangeDto') },
  'friend:request': { summary: 'A friend request came in', payload: ref('FriendRequestDto') },
  'friend:added': { summary: 'A friend was won', payload: object({ user: ref('UserDto') }) },
  'friend:changed': {
    summary: 'A request or block between me and somebody was made or ended',
    payload: object({ userId: { type: 'string' } }),
  },
  'friend:removed': { summary: 'A friend was lost', payload: object({ userId: { type: 'string' } }) },
  'group:updated': { summary: 'A group of mine has changed', payload: ref('GroupCardDto') },
  'group:joined': { summary: 'I am in a group now', payload: ref('GroupCardDto') },
  'profile:updated': { summary: 'A friend or fellow member has changed their profile', payload: ref('UserDto') },
  'user:updated': { summary: 'My own profile has changed', payload: ref('UserDto') },
  'conversation:updated': {
    summary: 'My own settings of a conversation have changed',
    payload: object({
      conversationId: { type: 'string' },
      muted: { type: 'boolean' },
      pinned: { type: 'boolean' },
    }),
  },
  'group:left': {
    summary: 'I am in a group no longer',
    payload: object({
      groupId: { type: 'string' },
      reason: { type: 'string', enum: ['left', 'kicked', 'dissolved'] },
    }),
  },
  'group:requests': {
    summary: 'How many wait for me to let them into a group',
    payload: object({ groupId: { type: 'string' }, waiting: { type: 'integer' } }),
  },
  'session:revoked': {
    summary: 'This session has ended; the socket closes',
    payload: object({
      reason: {
        type: 'string',
        enum: ['logout', 'password_changed', 'signed_out_remotely', 'token_reused', 'expired'],
      },
    }),
  },
};

const ERROR: Schema = {
  type: 'object',
  required: ['code', 'message', 'retryable', 'traceId'],
  properties: {
    code: { type: 'string', enum: Object.keys(ERRORS) },
    message: { type: 'string' },
    retryable: { type: 'boolean' },
    retryAfterMs: { type: 'integer' },
    traceId: { type: 'string' },
    errors: { type: 'array', items: object({ path: { type: 'string' }, message: { type: 'string' } }) },
  },
};

const ackOf = (data: Schema): Schema => ({
  oneOf: [
    object({ ok: { type: 'boolean', const: true }, data }),
    object({ ok: { type: 'boolean', const: false }, error: ref('SocketError') }),
  ],
});

// A name for the document: `message:send` → `messageSend`.
const nameOf = (event: string): string => event.replace(/[:](\w)/g, (_, letter: string) => letter.toUpperCase());

/** AsyncAPI 3 for the namespace `/im`; the schemas are those of the OpenAPI document, made from the same classes. */
export function createAsyncApi(openApi: OpenAPIObject, version: string): object {
  const messages: Record<string, object> = {};
  const operations: Record<string, object> = {};
  const channel = { $ref: '#/channels/im' };
  for (const [event, doc] of Object.entries(CLIENT_EVENTS)) {
    const name = nameOf(event);
    messages[name] = { name: event, summary: doc.summary, payload: doc.payload };
    messages[`${name}Ack`] = { name: `${event} ack`, payload: ackOf(doc.data) };
    operations[name] = {
      action: 'receive',
      summary: doc.summary,
      channel,
      messages: [{ $ref: `#/channels/im/messages/${name}` }],
      reply: { channel, messages: [{ $ref: `#/channels/im/messages/${name}Ack` }] },
    };
  }
  for (const [event, doc] of Object.entries(SERVER_EVENTS)) {
    const name = `on${nameOf(event).replace(/^./, (letter) => letter.toUpperCase())}`;
    messages[name] = { name: event, summary: doc.summary, payload: doc.payload };
    operations[name] = {
      action: 'send',
      summary: doc.summary,
      channel,
      messages: [{ $ref: `#/channels/im/messages/${name}` }],
    };
  }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Dunlin live events',
      version,
      description: 'Socket.IO, namespace /im, auth {token}. Each client event takes one payload and one ack.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'ws',
        description: 'Socket.IO over WebSocket, or long polling over HTTP; `wss` behind TLS',
        variables: { host: { default: 'localhost:3000' } },
        security: [{ $ref: '#/components/securitySchemes/accessToken' }],
      },
    },
    channels: { im: { servers: [{ $ref: '#/servers/gateway' }], address: '/im', messages } },
    operations,
    components: {
      schemas: { ...openApi.components?.schemas, SocketError: ERROR },
      securitySchemes: {
        accessToken: {
          type: 'apiKey',
          in: 'user',
          description: 'The access token, as `auth: {token}` of the Socket.IO handshake',
        },
      },
    },
  };
}
