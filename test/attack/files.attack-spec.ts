import { connect, type Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
import type { Media } from '@dunlin/contracts/wire';
import sharp from 'sharp';
import { asfLoop, gifOfFrames, pngClaiming, withPngChunk } from '../../libs/media/src/testing/specimens.js';
import { eventually, expectProblem, outcome } from '../support/expectations.js';
import { request, type Reply } from '../support/http.js';
import { photographWithPosition, picture } from '../support/images.js';
import { nobody, unique } from '../support/names.js';
import { person, Visitor, type Person } from '../support/person.js';
import { sendBytes } from '../support/raw-http.js';
import { startTopology } from '../support/topology.mjs';

let ann: Person;
let eve: Person;
beforeAll(async () => {
  [ann, eve] = await Promise.all([person('ann'), person('eve')]);
});

const B = 'dunlin-boundary';
const multipart = (body: string, type = `multipart/form-data; boundary=${B}`): Promise<Reply> =>
  ann.http('POST', '/media', undefined, { raw: Buffer.from(body, 'latin1'), headers: { 'content-type': type } });
const part = (head: string, content = 'words'): string =>
  `--${B}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
const end = `--${B}--\r\n`;

/** Whether the server is as it was: it answers at once and has not grown. */
async function expectUnharmed(): Promise<void> {
  const begun = performance.now();
  expect((await ann.http('GET', '/users/me')).status).toBe(200);
  expect(performance.now() - begun).toBeLessThan(2000);
}

/** Megabytes that the server's process holds. */
async function megabytes(): Promise<number> {
  const { text } = await request(ann.base, 'GET', '/metrics');
  return Number(/^process_resident_memory_bytes(?:\{.*\})? ([\d.e+]+)$/m.exec(text)?.[1]) / 1024 / 1024;
}

describe('A name of a file', () => {
  const PATHS = [
    '../../../../etc/passwd',
    '..\\..\\windows\\win.ini',
    '/etc/passwd',
    'C:\\boot.ini',
    '%2e%2e%2f%2e%2e%2fetc',
    'a\\0.png',
    '....//....//etc',
    '~/.ssh/id',
    'file:///etc/passwd',
    '.',
    '..',
    'CON',
  ];

  it('[A62] is a path nowhere: neither when it is stored nor when it is asked for', async () => {
    for (const name of PATHS) {
      const media = await ann.uploaded(Buffer.from('my words'), name);
      expect(media.id).toMatch(/^[A-Za-z0-9]{1,64}$/);
      expect((await ann.fetch(media.url)).bytes.toString()).toBe('my words');
    }
  });

  it('[A62] as an id finds nothing outside, however it is written', async () => {
    const encoded = PATHS.flatMap((name) => [encodeURIComponent(name), encodeURIComponent(encodeURIComponent(name))]);
    for (const id of [
      ...encoded,
      '%2e%2e',
      '%2e%2e%2f',
      '..%5c',
      '%00',
      'x%00.png',
      '%c0%ae%c0%ae%c0%af',
      'dunlin.sqlite',
      '..%2fdunlin.sqlite',
      '..;/x',
    ])
      for (const rest of ['', '/thumbnail']) {
        const reply = await ann.http('GET', `/media/${id}${rest}`);
        expect([400, 404]).toContain(reply.status);
        expect(reply.text).not.toMatch(/root:|SQLite/);
      }
    for (const path of [
      '/api/v1/media/../../../../../etc/passwd',
      '/api/v1/media/..%2f..%2f..%2fdunlin.sqlite',
      '/api/v1/media//etc/passwd',
    ]) {
      const { status, body } = await sendBytes(
        ann.base,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\nConnection: close\r\n\r\n`,
      );
      expect([400, 404]).toContain(status);
      expect(body).not.toMatch(/root:|SQLite/);
    }
  });

  it('[A63] of another’s overwrites nothing, and no id is the client’s to choose', async () => {
    const first = await ann.uploaded(Buffer.from('mine'), 'same.txt');
    const second = await eve.uploaded(Buffer.from('hers'), 'same.txt');
    expect(second.id).not.toBe(first.id);
    for (const [method, path] of [
      ['PUT', `/media/${first.id}`],
      ['PATCH', `/media/${first.id}`],
      ['DELETE', `/media/${first.id}`],
      ['POST', `/media/${first.id}`],
    ] as const)
      expectProblem(await eve.http(method, path), 'not_found');
    for (const field of ['id', 'key', 'path', 'mediaId'])
      expectProblem(
        await multipart(part(`name="${field}"`, first.id) + part('name="file"; filename="a.txt"') + end),
        'validation_failed',
      );
    expect((await ann.fetch(first.url)).bytes.toString()).toBe('mine');
    // ids do not follow from one another: what comes after the time is random
    const { id: a } = await ann.uploaded(Buffer.from('a'), 'a.txt');
    const { id: b } = await ann.uploaded(Buffer.from('b'), 'b.txt');
    const common = [...a].findIndex((letter, i) => letter !== b[i]);
    expect(a.length - common).toBeGreaterThanOrEqual(16);
    for (const guess of [nobody(), a.slice(0, common) + '0'.repeat(a.length - common)])
      expectProblem(await eve.http('GET', `/media/${guess}`), 'not_found');
  });
});

describe('What a file holds', () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>';
  const PAGES: [string, string | Buffer][] = [
    ['SVG', svg],
    ['SVG behind a comment', `<!-- ${'x'.repeat(200)} -->${svg}`],
    ['SVG behind XML', `<?xml version="1.0"?>\n${svg}`],
    ['SVG behind white space', `\n\n   ${svg}`],
    ['SVG in UTF-16', Buffer.from(`\ufeff${svg}`, 'utf16le')],
    ['HTML', '<!DOCTYPE html><script>alert(1)</script>'],
    ['HTML in capitals', '<HTML><BODY ONLOAD=alert(1)>'],
    ['HTML behind text', `words\n${'x'.repeat(100)}\n<script>alert(1)</script>`],
    ['XHTML', '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'],
    ['PHP', '<?php system($_GET["x"]);'],
  ];

  it.each(PAGES)('[A64] %s is no image and no file, whatever it is called', async (_what, content) => {
    for (const name of ['x.png', 'x.txt', 'x.jpg', 'x', 'x.svg', 'x.html.txt'])
      expectProblem(await ann.upload(Buffer.from(content as string), name), 'unsupported_media');
    const data = `data:image/png;base64,${Buffer.from(content as string).toString('base64')}`;
    const answer = await (
      await ann.connect()
    ).raw('message:send', { clientMsgId: unique('s'), type: 'image', content: { data }, toUserId: eve.id });
    expect(answer.ok).toBe(false);
  });

  it('[A65] besides an image does not survive: every image is encoded again', async () => {
    const marker = '<script>alert("polyglot")</script>PK\x03\x04';
    for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
      const polyglot = Buffer.concat([await picture(format, 60, 40), Buffer.from(marker, 'latin1')]);
      const media = await ann.uploaded(polyglot, `x.${format}`);
      for (const url of [media.url, media.thumbnailUrl as string]) {
        const { bytes } = await ann.fetch(url);
        expect(bytes.includes('polyglot')).toBe(false);
        expect(bytes.includes('PK\x03\x04')).toBe(false);
        expect(await sharp(bytes).metadata()).toMatchObject({ format: url === media.url ? format : 'webp' });
      }
    }
    const commented = withPngChunk(await picture('png', 60, 40), 'tEXt', Buffer.from(`Comment\0${marker}`));
    expect((await ann.fetch((await ann.uploaded(commented)).url)).bytes.includes('polyglot')).toBe(false);
    expectProblem(await ann.upload(Buffer.from(`GIF89a/*${marker}*/=1`), 'x.gif'), 'unsupported_media');
  });

  it('[A66] as pixels, frames or compressed nothing does not blow up', async () => {
    const before = await megabytes();
    const zeros = deflateSync(Buffer.alloc(200 * 1024 * 1024), { level: 9 });
    const profile = Buffer.concat([Buffer.from('icc\0\0'), zeros]);
    const text = Buffer.concat([Buffer.from('Comment\0\0'), zeros]);
    const small = await picture('png', 40, 30);
    const bombs: [Buffer, string][] = [
      [await pngClaiming(60_000, 60_000), 'x.png'],
      [await pngClaiming(2 ** 31 - 1, 1), 'x.png'],
      [gifOfFrames(5000), 'x.gif'],
      [gifOfFrames(100_000), 'x.gif'],
    ];
    for (const [bomb, name] of bombs) expectProblem(await ann.upload(bomb, name), 'unsupported_media');
    for (const bomb of [withPngChunk(small, 'zTXt', text), withPngChunk(small, 'iCCP', profile)])
      expect(['ok', 'unsupported_media']).toContain(outcome(await ann.upload(bomb, 'x.png')));
    // what is under its type's name and compressed is kept as it came: nothing of it is unpacked
    const gzip = await ann.uploaded(Buffer.concat([Buffer.from('1f8b08', 'hex'), zeros]), 'x.gz');
    expect(gzip.size).toBe(zeros.length + 3);
    await expectUnharmed();
    expect((await megabytes()) - before).toBeLessThan(400);
  });

  it('[A67] decides what it is, and no name or header', async () => {
    const jpeg = await picture('jpeg', 40, 30);
    expect(await ann.uploaded(jpeg, 'x.png')).toMatchObject({ mime: 'image/jpeg' });
    const words = `--${B}\r\nContent-Disposition: form-data; name="file"; filename="x.png"\r\nContent-Type: image/png\r\n\r\nwords\r\n${end}`;
    expect((await multipart(words)).body).toMatchObject({ mime: 'text/plain' });
    const page = `--${B}\r\nContent-Disposition: form-data; name="file"; filename="x.txt"\r\nContent-Type: text/html\r\n\r\nwords\r\n${end}`;
    const { body } = (await multipart(page)) as Reply<Media>;
    expect((await ann.fetch(body.url)).headers.get('content-type')).toBe('application/octet-stream');
  });

  it('[A67] does not lead a type detector round in circles', async () => {
    const begun = performance.now();
    for (const bytes of [asfLoop(), Buffer.concat([asfLoop(), Buffer.alloc(100_000)])])
      expect(['ok', 'unsupported_media']).toContain(outcome(await ann.upload(bytes, 'x.asf')));
    await expectUnharmed();
    expect(performance.now() - begun).toBeLessThan(4000);
  });

  it('[A69] of a photograph is its pixels: no position, no maker', async () => {
    const media = await ann.uploaded(await photographWithPosition(), 'photo.jpg');
    for (const url of [media.url, media.thumbnailUrl as string]) {
      const { bytes } = await ann.fetch(url);
      const { exif, xmp, icc, iptc } = await sharp(bytes).metadata();
      expect({ exif, xmp, icc, iptc }).toEqual({});
      for (const secret of ['Dunlin Optics', 'secret owner', 'GPS']) expect(bytes.includes(secret)).toBe(false);
    }
  });
});

describe('A multipart body', () => {
  const file = part('name="file"; filename="a.txt"');
  const BODIES: [string, string][] = [
    ['nothing at all', ''],
    ['only its end', end],
    ['no end', file],
    ['two files', file + file + end],
    ['a field beside', part('name="x"') + file + end],
    ['a name that nests', part('name="file[a][b]"; filename="a.txt"') + end],
    ['a name of every object', part('name="__proto__"; filename="a.txt"') + end],
    ['another', part('name="constructor"; filename="a.txt"') + end],
    ['no name', part('filename="a.txt"') + end],
    ['a thousand parts', part('name="x"').repeat(1000) + end],
    ['a part with huge headers', `--${B}\r\n${'X: y\r\n'.repeat(5000)}\r\nx\r\n${end}`],
    ['an endless header', `--${B}\r\nContent-Disposition: form-data; name="${'x'.repeat(100_000)}`],
    ['a boundary in a boundary', `--${B}\r\n--${B}\r\n\r\n${end}`],
  ];

  it.each(BODIES)('[A68] with %s is refused in time', async (_what, body) => {
    const begun = performance.now();
    expectProblem(await multipart(body), 'validation_failed');
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(({} as Record<string, unknown>)['a']).toBeUndefined();
  });

  it('[A68] without a boundary, with an endless one, or of another kind is refused', async () => {
    for (const type of [
      'multipart/form-data',
      'multipart/form-data; boundary=',
      `multipart/form-data; boundary=${'x'.repeat(5000)}`,
      'multipart/mixed; boundary=x',
      'multipart/related',
    ])
      expect(['validation_failed', 'unsupported_media']).toContain(outcome(await multipart(file + end, type)));
  });

  it('[A68] that breaks off leaves nothing behind', async () => {
    const head = `POST /api/v1/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\nContent-Type: multipart/form-data; boundary=${B}\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\n`;
    const { hostname, port } = new URL(ann.base);
    for (let i = 0; i < 20; i++)
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () =>
          socket.write(head + file.slice(0, -5), () => socket.destroy()),
        );
        socket.on('close', () => resolve());
        socket.on('error', () => undefined);
      });
    await expectUnharmed();
    // none of the twenty still counts as under way: four at once are a person's share
    expect((await ann.upload(Buffer.from('words'), 'x.txt')).status).toBe(201);
  });
});

it('[A69] One person’s uploads are bounded: so many a minute, so large', async () => {
  const server = await startTopology({ embedded: true, env: { RATE_LIMIT: 'on', MEDIA_MAX_BYTES: '2048' } });
  try {
    const who = await new Visitor(server.gateways).register(unique('up'));
    expectProblem(await who.upload(Buffer.alloc(2049, 'x'), 'x.txt'), 'payload_too_large');
    const codes: string[] = [];
    for (let i = 0; i < 65; i++) codes.push(outcome(await who.upload(Buffer.from('x'), 'x.txt')));
    expect(codes.slice(0, 50).every((code) => code === 'ok')).toBe(true);
    expect(codes.at(-1)).toBe('rate_limited');
  } finally {
    await server.stop();
  }
});

it('[A69] One person’s uploads under way are bounded, and those that break off count no more', async () => {
  const { hostname, port } = new URL(ann.base);
  const head = `POST /api/v1/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${ann.token}\r\nContent-Type: multipart/form-data; boundary=${B}\r\nContent-Length: 1000000\r\n\r\n`;
  let refused = 0;
  const slow = Array.from({ length: 8 }, () => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(head + part('name="file"; filename="a.txt"').slice(0, -5)),
    );
    return socket.once('data', () => refused++).on('error', () => undefined);
  });
  await eventually(() => expect(refused).toBe(4));
  const upload = async (): Promise<string> => outcome(await ann.upload(Buffer.from('words'), 'x.txt'));
  expect(await upload()).toBe('busy');
  expect((await eve.upload(Buffer.from('words'), 'x.txt')).status).toBe(201);
  for (const socket of slow) socket.destroy();
  await eventually(async () => expect(await upload()).toBe('ok'));
});

it('[A69] Uploads that stand still keep nobody else out', async () => {
  const mates = await Promise.all(Array.from({ length: 4 }, () => person('mate')));
  const { hostname, port } = new URL(ann.base);
  const head = part('name="file"; filename="a.bin"', '');
  const size = 9.5 * 1024 * 1024;
  // together more than all uploads may hold
  const sockets = mates.flatMap(({ token }) =>
    Array.from({ length: 4 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write(
        `POST /api/v1/media HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n` +
          `Content-Type: multipart/form-data; boundary=${B}\r\nContent-Length: ${size + 1000}\r\n\r\n${head}`,
      );
      return new Promise<Socket>((sent) => socket.write(Buffer.alloc(size), () => sent(socket)));
    }),
  );
  const open = await Promise.all(sockets);
  await eventually(async () => expect((await ann.upload(await picture(), 'me.png')).status).toBe(201));
  for (const socket of open) socket.destroy();
}, 60_000);

it('[A70] What is served can never run: sandboxed, not sniffed, and an attachment unless it is an image', async () => {
  const files: [Buffer, string][] = [
    [Buffer.from('words'), 'x.txt'],
    [Buffer.from('%PDF-1.7\n%x'), 'x.pdf'],
    [Buffer.from('{"a":1}'), 'x.json'],
    [Buffer.from('PK\x03\x04xx', 'latin1'), 'x.zip'],
    [Buffer.from('alert(1)'), 'x.txt'],
    [Buffer.from('body{}'), 'x.css'],
  ];
  for (const [bytes, name] of files) {
    const { url } = await ann.uploaded(bytes, name);
    const { headers } = await ann.fetch(url, { accept: 'text/html' });
    expect(headers.get('content-disposition')).toBe('attachment');
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expectHarmless(headers);
  }
  const image = await ann.uploaded(await picture('png', 40, 30));
  for (const url of [image.url, image.thumbnailUrl as string]) {
    const { headers } = await ann.fetch(url);
    expect(headers.get('content-type')).toMatch(/^image\/(png|webp)$/);
    expectHarmless(headers);
    expectHarmless((await ann.fetch(url, { range: 'bytes=0-3' })).headers);
  }
});

function expectHarmless(headers: Headers): void {
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
  expect(headers.get('cache-control')).toContain('private');
}
