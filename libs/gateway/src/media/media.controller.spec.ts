import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as passes } from 'node:timers/promises';
import { Catch, type ArgumentsHost, type DynamicModule, type ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DunlinError,
  MediaProcessor,
  MediaStore,
  messageRpc,
  RpcClient,
  type MediaId,
  type MediaRecord,
  type Rpc,
  type Upload,
} from '@dunlin/contracts';
import { Config, parseConfig } from '@dunlin/platform';
import { RateLimits } from '../limits/rate-limits.js';
import { MediaController } from './media.controller.js';
import { registerMultipart } from './register-multipart.js';

const MAX_BYTES = 1_000_000;
const MIME: Record<string, string> = { picture: 'image/png', page: 'application/pdf' };

@Catch()
class Problems implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const { status, code, errors } = DunlinError.from(error);
    const reply = host.switchToHttp().getResponse<{ status(code: number): { send(body: object): void } }>();
    reply.status(status).send({ code, errors });
  }
}

class MemoryStore extends MediaStore {
  readonly objects = new Map<string, Buffer>();
  readonly opened: Readable[] = [];
  async put(id: MediaId, variant: string, bytes: Buffer): Promise<void> {
    this.objects.set(`${id}.${variant}`, bytes);
  }
  async open(id: MediaId, variant: string, range?: { start: number; end: number }) {
    const bytes = this.objects.get(`${id}.${variant}`);
    if (!bytes) return null;
    const wanted = range ? bytes.subarray(range.start, range.end + 1) : bytes;
    let at = 0;
    const stream = new Readable({
      read() {
        this.push(at < wanted.length ? wanted.subarray(at, (at += 65_536)) : null);
      },
    });
    this.opened.push(stream);
    return { stream, size: bytes.length };
  }
  async delete(id: MediaId): Promise<void> {
    this.objects.delete(`${id}.original`);
  }
  async check(): Promise<void> {}
}

describe('media over HTTP', () => {
  let app: NestFastifyApplication;
  let url: string;
  let refuse: DunlinError | undefined;
  let mayUpload: () => Promise<void>;
  let gone = 0;
  const store = new MemoryStore();
  const uploads: Upload[] = [];
  const owners = new Map<string, MediaRecord & { owner: string }>();

  const processor = {
    store: async (upload: Upload): Promise<MediaRecord> => {
      uploads.push(upload);
      const id = `m${uploads.length}` as MediaId;
      await store.put(id, 'original', upload.bytes);
      return { id, mime: 'image/png', size: upload.bytes.length, hasThumbnail: true };
    },
  };
  const rpc = {
    call: async (asked: Rpc, data: never, { caller }: { caller: { userId: string } }): Promise<unknown> => {
      if (asked.pattern === messageRpc.registerMedia.pattern) {
        if (refuse) throw refuse;
        const record = data as MediaRecord;
        owners.set(record.id, { ...record, owner: caller.userId });
        return { id: record.id, mime: record.mime, size: record.size, url: `/api/v1/media/${record.id}` };
      }
      const found = owners.get((data as { mediaId: string }).mediaId);
      if (found?.owner !== caller.userId) throw new DunlinError('not_found');
      const { owner: _owner, ...record } = found;
      return record;
    },
  };

  beforeAll(async () => {
    const config = parseConfig(
      { NODE_ENV: 'test', JWT_SECRET: 'a secret of this spec, long enough', MEDIA_MAX_BYTES: String(MAX_BYTES) },
      { name: 'test', defaultPort: 0 },
    );
    const module: DynamicModule = {
      module: class {},
      controllers: [MediaController],
      providers: [
        { provide: MediaProcessor, useValue: processor },
        { provide: MediaStore, useValue: store },
        { provide: RpcClient, useValue: rpc },
        { provide: RateLimits, useValue: { upload: { take: () => mayUpload() } } },
        { provide: Config, useValue: config },
      ],
    };
    app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter({ bodyLimit: 256 * 1024 }), {
      logger: false,
    });
    app.useGlobalFilters(new Problems());
    // who asks stands in a header here; signing in is another spec's
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRequest', (request, _reply, done) => {
        Object.assign(request, { caller: { userId: request.headers['x-user'], sessionId: 's' } });
        request.raw.once('close', () => gone++);
        done();
      });
    await registerMultipart(app, config);
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
    for (const [id, mime] of Object.entries(MIME)) {
      owners.set(id, { id: id as MediaId, mime, size: 10, hasThumbnail: id === 'picture', owner: 'anna' });
      await store.put(id as MediaId, 'original', Buffer.from('0123456789'));
    }
    await store.put('picture' as MediaId, 'thumbnail', Buffer.from('abcdef'));
  });
  afterAll(() => app.close());
  beforeEach(() => {
    uploads.splice(0);
    refuse = undefined;
    mayUpload = () => Promise.resolve();
  });

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
    fetch(`${url}/media/${path}`, { method, headers: { 'x-user': 'anna', ...headers } });
  const form = (...parts: [string, Blob | string, string?][]): FormData => {
    const data = new FormData();
    for (const [name, value, file] of parts)
      if (typeof value === 'string') data.append(name, value);
      else data.append(name, value, file);
    return data;
  };
  const post = async (body: FormData | string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/media`, { method: 'POST', headers: { 'x-user': 'anna', ...headers }, body });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const blob = (size: number): Blob => new Blob([Buffer.alloc(size, 7)]);

  it('takes one file of up to the limit and answers its media', async () => {
    expect(await post(form(['file', blob(MAX_BYTES), 'a.bin']))).toMatchObject({
      status: 201,
      body: { size: MAX_BYTES, url: expect.stringMatching(/^\/api\/v1\/media\//) },
    });
    expect(uploads[0]?.fileName).toBe('a.bin');
    expect(uploads[0]?.bytes.equals(Buffer.alloc(MAX_BYTES, 7))).toBe(true);
  });

  it.each(['6" nails.txt', 'two\nlines\r.txt', '100%25 %2e %.txt'])(
    'knows the name %j as it was before a form escaped it',
    async (name) => {
      expect(await post(form(['file', blob(5), name]))).toMatchObject({ status: 201 });
      expect(uploads[0]?.fileName).toBe(name);
    },
  );

  it('keeps no name that a form escaped but nobody may be shown', async () => {
    const named = async (name: string) =>
      owners.get((await post(form(['file', blob(5), name]))).body.id as string)?.name;
    expect(await named('6" nails.txt')).toBe('6" nails.txt');
    for (const name of ['two\nlines.txt', 'run.exe\n']) expect(await named(name)).toBeUndefined();
  });

  it('refuses a file over the limit, however much too long it is', async () => {
    for (const size of [MAX_BYTES + 1, 5 * MAX_BYTES, 30 * MAX_BYTES])
      expect(await post(form(['file', blob(size), 'a.bin']))).toMatchObject({
        status: 413,
        body: { code: 'payload_too_large' },
      });
    expect(uploads).toEqual([]);
  });

  it.each([
    ['no part at all', () => form()],
    ['a part of another name', () => form(['picture', blob(5), 'a.bin'])],
    ['a field instead of a file', () => form(['file', 'text'])],
    ['a field beside the file', () => form(['file', blob(5), 'a.bin'], ['caption', 'hello'])],
    ['two files', () => form(['file', blob(5), 'a.bin'], ['file', blob(5), 'b.bin'])],
  ])('refuses %s', async (_what, body) => {
    expect(await post(body())).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'file' }] },
    });
    expect(uploads).toEqual([]);
  });

  it.each([
    ['without a boundary', 'multipart/form-data', 'x'],
    ['that is no multipart', 'multipart/form-data; boundary=b', 'nonsense'],
    [
      'that is cut off',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nxxx',
    ],
    ['of nothing', 'multipart/form-data; boundary=b', ''],
  ])('refuses a body %s', async (_what, type, body) => {
    expect(await post(body, { 'content-type': type })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
    expect(uploads).toEqual([]);
  });

  it('refuses another content type', async () => {
    expect(await post('{}', { 'content-type': 'application/json' })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media' },
    });
  });

  it('frees the place of a client that goes away in the middle', async () => {
    for (let i = 0; i < 8; i++) {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write(
        'POST /media HTTP/1.1\r\nhost: x\r\nx-user: ben\r\ncontent-length: 90000\r\n' +
          'content-type: multipart/form-data; boundary=b\r\n\r\n' +
          `--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n${'x'.repeat(20_000)}`,
      );
      await new Promise((sent) => socket.once('ready', () => setImmediate(sent)));
      socket.destroy();
    }
    const again = () => post(form(['file', blob(5), 'a.bin']), { 'x-user': 'ben' });
    let answer = await again();
    for (let i = 0; i < 50 && answer.status === 503; i++) answer = await again();
    expect(answer.status).toBe(201);
  });

  it('frees the place of a client that goes away before it is let begin', async () => {
    let letBegin = (): void => undefined;
    const gate = new Promise<void>((resolve) => (letBegin = resolve));
    let asked = 0;
    mayUpload = () => {
      asked++;
      return gate;
    };
    const before = gone;
    const sockets = Array.from({ length: 8 }, () => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      socket.write(
        'POST /media HTTP/1.1\r\nhost: x\r\nx-user: cleo\r\ncontent-length: 90000\r\n' +
          'content-type: multipart/form-data; boundary=b\r\n\r\n--b\r\n',
      );
      return socket;
    });
    while (asked < 8) await passes(5);
    for (const socket of sockets) socket.destroy();
    while (gone < before + 8) await passes(5);
    letBegin();
    const again = () => post(form(['file', blob(5), 'a.bin']), { 'x-user': 'cleo' });
    let answer = await again();
    for (let i = 0; i < 50 && answer.status === 503; i++) answer = await again();
    expect(answer.status).toBe(201);
  });

  it('keeps no bytes that were refused a name, and keeps those that may have one', async () => {
    refuse = new DunlinError('conflict');
    expect((await post(form(['file', blob(5), 'a.bin']))).status).toBe(409);
    expect(store.objects.has('m1.original')).toBe(false);
    refuse = new DunlinError('timeout');
    expect((await post(form(['file', blob(5), 'a.bin']))).status).toBe(504);
    expect(store.objects.has('m2.original')).toBe(true);
  });

  it('shows an image in place and hands out any other file as an attachment', async () => {
    const image = await get('picture');
    expect(await image.text()).toBe('0123456789');
    expect(Object.fromEntries(image.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      'content-length': '10',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': expect.stringMatching(/^private.*immutable/),
    });
    const file = await get('page');
    expect(file.headers.get('content-type')).toBe('application/octet-stream');
    expect(file.headers.get('content-disposition')).toBe('attachment');
    const thumbnail = await get('picture/thumbnail');
    expect(thumbnail.headers.get('content-type')).toBe('image/webp');
    expect(await thumbnail.text()).toBe('abcdef');
  });

  it('is not found by who may not see it, nor where there is none', async () => {
    for (const path of ['picture', 'picture/thumbnail'])
      expect((await get(path, { 'x-user': 'eve' })).status).toBe(404);
    for (const path of ['none', 'page/thumbnail', '..%2f..%2fetc', 'x'.repeat(90)]) {
      const response = await get(path);
      expect({ path, status: response.status }).toEqual({ path, status: 404 });
      expect(response.headers.get('cache-control')).toBeNull();
    }
  });

  it('sends the range that is asked for', async () => {
    const part = await get('picture', { range: 'bytes=2-4' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(part.headers.get('content-length')).toBe('3');
    expect(await part.text()).toBe('234');
    const tail = await get('picture/thumbnail', { range: 'bytes=-2' });
    expect(tail.headers.get('content-range')).toBe('bytes 4-5/6');
    expect(await tail.text()).toBe('ef');
    const beyond = await get('picture', { range: 'bytes=10-' });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe('bytes */10');
    expect(await beyond.json()).toMatchObject({ status: 416, code: 'validation_failed' });
    expect((await get('picture', { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
  });

  it('is not sent again to who has it', async () => {
    const etag = (await get('picture')).headers.get('etag') ?? '';
    const same = await get('picture', { 'if-none-match': `"x", W/${etag}` });
    expect({ status: same.status, body: await same.text() }).toEqual({ status: 304, body: '' });
    expect((await get('picture', { 'if-none-match': '"x"' })).status).toBe(200);
    expect((await get('picture', { 'if-none-match': etag, 'x-user': 'eve' })).status).toBe(404);
  });

  it('answers HEAD like GET without the bytes', async () => {
    store.opened.splice(0);
    const head = await get('picture', { range: 'bytes=0-1' }, 'HEAD');
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe('10');
    expect(head.headers.get('content-type')).toBe('image/png');
    expect(await head.text()).toBe('');
    expect(store.opened).toEqual([]);
  });

  it('lets go of the bytes when the client goes away', async () => {
    const size = 50_000_000;
    owners.set('large', { id: 'large' as MediaId, mime: 'image/png', size, hasThumbnail: false, owner: 'anna' });
    await store.put('large' as MediaId, 'original', Buffer.alloc(size));
    store.opened.splice(0);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET /media/large HTTP/1.1\r\nhost: x\r\nx-user: anna\r\n\r\n');
    await new Promise((begun) => socket.once('data', begun));
    const [stream] = store.opened;
    const closed = new Promise((done) => stream?.once('close', done));
    socket.destroy();
    await closed;
    expect(stream?.destroyed).toBe(true);
    expect(stream?.readableEnded).toBe(false);
  });
});
