import type { Message } from '@dunlin/contracts/wire';
import { holdAck, holdExchange, holdPushed } from '../support/contract.js';
import { request } from '../support/http.js';
import { befriend, person } from '../support/person.js';
import { sharedServer } from '../support/server.js';

const base = sharedServer().gateways[0] as string;

/** All other files hold what they send and get against the documents; this one shows that it would be noticed. */
describe('What is not as the published documents say', () => {
  const json = 'application/json; charset=utf-8';
  const card = {
    id: 'g',
    name: 'Group',
    avatarUrl: null,
    ownerId: 'o',
    joinPolicy: 'open',
    memberCount: 1,
    conversationId: 'c',
    myRole: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  };
  const getGroup = (reply: object, rest: object = {}): void =>
    holdExchange({
      method: 'GET',
      path: '/api/v1/groups/g',
      body: undefined,
      status: 200,
      contentType: json,
      reply,
      ...rest,
    });

  it('is noticed in an answer over HTTP', () => {
    getGroup(card);
    getGroup({ ...card, myRole: 'owner', more: 'than is said' });
    for (const wrong of [
      { myRole: 'king' },
      { memberCount: '1' },
      { memberCount: 1.5 },
      { avatarUrl: 1 },
      { createdAt: 'yesterday' },
      { name: undefined },
    ])
      expect(() => getGroup({ ...card, ...wrong })).toThrow('not what the document says');
    expect(() => getGroup(card, { status: 206 })).toThrow('no such answer');
    expect(() => getGroup(card, { contentType: 'text/plain' })).toThrow('text/plain');
    expect(() => getGroup(card, { status: 404, contentType: 'application/problem+json' })).toThrow();
  });

  it('is noticed in a body that was taken', () => {
    const register = (body: unknown): void =>
      holdExchange({
        method: 'POST',
        path: '/api/v1/auth/register',
        body,
        status: 201,
        contentType: json,
        reply: undefined,
      });
    register({ username: 'ann', password: '🐦🐦🐦🐦🐦🐦🐦🐦' });
    for (const wrong of [
      undefined,
      { username: 'ann' },
      { username: 'a', password: 'long enough' },
      { username: 'ann', password: 'short' },
      { username: 'ann', password: 'long enough', displayName: '' },
    ])
      expect(() => register(wrong)).toThrow();
    expect(() =>
      holdExchange({
        method: 'PUT',
        path: '/api/v1/conversations/c/read',
        body: { seq: 1.5 },
        status: 200,
        contentType: json,
        reply: undefined,
      }),
    ).toThrow('seq');
  });

  it('is noticed in an ack and in what is pushed', () => {
    const payload = { clientMsgId: 'x', type: 'text', content: { text: 'Hi' }, toUserId: 'u' };
    const data = { messageId: 'm', conversationId: 'c', seq: 1, sentAt: card.createdAt, duplicate: false };
    holdAck('message:send', payload, { ok: true, data } as never);
    expect(() => holdAck('message:send', payload, { ok: true, data: { ...data, seq: 'x' } } as never)).toThrow();
    expect(() => holdAck('message:send', { ...payload, type: 'poem' }, { ok: true, data } as never)).toThrow();
    expect(() => holdAck('message:send', payload, { ok: false, error: { code: 'nope' } } as never)).toThrow();
    const message = { ...data, id: 'm', senderId: 'u', type: 'text', content: { text: 'Hi' } };
    holdPushed('messages', [message]);
    expect(() => holdPushed('messages', [])).toThrow();
    expect(() => holdPushed('messages', [{ ...message, content: {} }])).toThrow();
  });
});

describe('The published documents', () => {
  it('say how to reach the sockets and who may', async () => {
    const { body } = await request<{ servers: Record<string, { pathname: string; security: object[] }> }>(
      base,
      'GET',
      '/api/asyncapi.json',
    );
    expect(Object.values(body.servers)).toMatchObject([{ pathname: '/socket.io/', protocol: 'ws', security: [{}] }]);
  });

  it('let through a file, an empty conversation, a part of a picture and a card for an outsider', async () => {
    const [ann, ben] = [await person(), await person()];
    await befriend(ann, ben);
    const direct = await ann.ok<{ id: string; lastMessage: Message | null }>('POST', '/conversations/direct', {
      userId: ben.id,
    });
    expect(direct.lastMessage).toBeNull();
    const media = (await ann.upload(Buffer.from('words'), 'words.txt')).body as { id: string };
    const send = { clientMsgId: 'one', type: 'file', content: { mediaId: media.id, name: 'words.txt' } };
    await ann.ok('POST', `/conversations/${direct.id}/messages`, send);
    const { messages } = await ben.ok<{ messages: Message[] }>('GET', `/conversations/${direct.id}/messages`);
    expect(messages.at(-1)?.type).toBe('file');
    const part = (range: string) =>
      request(base, 'GET', `/api/v1/media/${media.id}`, undefined, { token: ann.token, headers: { range } });
    expect((await part('bytes=1-2')).status).toBe(206);
    expect((await part('bytes=99-')).status).toBe(416);
    const group = await ann.ok<{ id: string }>('POST', '/groups', { name: 'Open', joinPolicy: 'open' });
    expect((await ben.ok<{ myRole: null }>('GET', `/groups/${group.id}`)).myRole).toBeNull();
    await ben.ok('POST', `/groups/${group.id}/join`);
  });
});
