import { connect, type Socket } from 'node:net';
import { setTimeout as passes } from 'node:timers/promises';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { UserId } from '@dunlin/contracts';
import { UnreadAnswers } from './unread-answers.js';

const ANN = 'ann' as UserId;
const MIB = 1024 * 1024;

describe('Answers that nobody reads', () => {
  let app: NestFastifyApplication;
  let unread: UnreadAnswers;
  let asked: number;
  let gone: number;
  let sent: number;
  let open: () => void;
  let gate: Promise<void>;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    [asked, gone, sent] = [0, 0, 0];
    gate = new Promise((resolve) => (open = resolve));
    const module: DynamicModule = { module: class {} };
    app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false });
    unread = new UnreadAnswers();
    unread.watch(app);
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRequest', (request, _reply, done) => {
      Object.assign(request, { caller: { userId: ANN, sessionId: 's' } });
      done();
    });
    fastify.addHook('onSend', (_request, _reply, _payload, done) => {
      sent++;
      done();
    });
    fastify.get('/at-once', () => 'x'.repeat(MIB));
    fastify.get('/later', async (request) => {
      asked++;
      request.raw.socket.once('close', () => gone++);
      await gate;
      return 'x'.repeat(MIB);
    });
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    open();
    for (const socket of sockets.splice(0)) socket.destroy();
    await app.close();
  });

  const ask = async (...paths: string[]): Promise<Socket> => {
    const socket = connect(Number(new URL(await app.getUrl()).port), '127.0.0.1');
    sockets.push(socket);
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''));
    return socket;
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await passes(5);
  };
  const hasRoom = (): boolean => {
    try {
      unread.assertRoom(ANN);
      return true;
    } catch {
      return false;
    }
  };

  it('keep their reader from asking for more, until they are read', async () => {
    const deaf: Socket[] = [];
    for (let i = 0; i < 20; i++) deaf.push((await ask(...Array<string>(8).fill('/at-once'))).pause());
    await until(() => !hasRoom());
    for (const socket of deaf) socket.resume();
    await until(hasRoom);
  });

  it('keep nobody out whose connection is closed', async () => {
    for (let i = 0; i < 20; i++) (await ask(...Array<string>(8).fill('/at-once'))).pause();
    await until(() => !hasRoom());
    for (const socket of sockets) socket.destroy();
    await until(hasRoom);
  });

  it('are none when their reader has left before there was an answer', async () => {
    for (let i = 0; i < 20; i++) await ask('/later');
    await until(() => asked === 20);
    for (const socket of sockets) socket.destroy();
    await until(() => gone === 20);
    open();
    await until(() => sent === 20);
    expect(hasRoom()).toBe(true);
  });

  it('are forgotten with their connection, though they wait behind another that was never given', async () => {
    for (let i = 0; i < 20; i++) await ask('/later', '/at-once');
    await until(() => asked === 20 && !hasRoom());
    for (const socket of sockets) socket.destroy();
    await until(hasRoom);
  });
});
