import type { Conversation, ImageContent, Media } from '@dunlin/contracts/wire';
import sharp from 'sharp';
import { expectProblem, expectRefusal } from '../support/expectations.js';
import { dataUri, photographWithPosition, picture } from '../support/images.js';
import { newClientMsgId, nobody } from '../support/names.js';
import { friends, people, person, Visitor, type Person } from '../support/person.js';

const BOUNDARY = 'dunlin-boundary';
const multipart = (who: Person, body: string | Buffer, type = `multipart/form-data; boundary=${BOUNDARY}`) =>
  who.http('POST', '/media', undefined, { raw: body, headers: { 'content-type': type } });
const part = (name: string, content: string, file?: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\n\r\n${content}\r\n`;

describe('An upload', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)(
    'of a %s becomes an image with its size and a thumbnail',
    async (format) => {
      const ann = await person();
      const { status, body } = await ann.upload(await picture(format), `holiday.${format}`);
      expect(status).toBe(201);
      expect(body).toEqual({
        id: expect.stringMatching(/^.{1,64}$/),
        mime: `image/${format}`,
        size: expect.any(Number),
        width: 640,
        height: 480,
        thumbnailUrl: expect.any(String),
        blurhash: expect.any(String),
        url: expect.any(String),
      });
      const original = await ann.fetch(body.url);
      expect(original.status).toBe(200);
      expect(original.headers.get('content-type')).toBe(`image/${format}`);
      expect(original.headers.get('x-content-type-options')).toBe('nosniff');
      expect(original.bytes).toHaveLength(body.size);
      expect(await sharp(original.bytes).metadata()).toMatchObject({ format, width: 640, height: 480 });
      const thumbnail = await ann.fetch(body.thumbnailUrl as string);
      expect(thumbnail.status).toBe(200);
      const small = await sharp(thumbnail.bytes).metadata();
      expect(Math.max(small.width as number, small.height as number)).toBeLessThanOrEqual(320);
      expect(thumbnail.headers.get('x-content-type-options')).toBe('nosniff');
    },
  );

  it('of a photograph forgets where it was taken and by whom', async () => {
    const ann = await person();
    const photograph = await photographWithPosition();
    expect((await sharp(photograph).metadata()).exif).toBeDefined();
    const { url } = await ann.uploaded(photograph, 'photo.jpg');
    const { bytes } = await ann.fetch(url);
    expect((await sharp(bytes).metadata()).exif).toBeUndefined();
    for (const secret of ['Dunlin Optics', 'secret owner']) expect(bytes.includes(secret)).toBe(false);
  });

  it('of anything harmless is a file, byte for byte, handed out as an attachment', async () => {
    const ann = await person();
    const bytes = Buffer.concat([
      Buffer.from('%PDF-1.7\n'),
      Buffer.from(Array.from({ length: 999 }, (_, i) => i % 256)),
    ]);
    const media = await ann.uploaded(bytes, 'Bericht für März.pdf');
    expect(media).toMatchObject({ size: bytes.length, mime: expect.any(String) });
    expect(media).not.toHaveProperty('width');
    expect(media).not.toHaveProperty('thumbnailUrl');
    const back = await ann.fetch(media.url);
    expect(back.bytes.equals(bytes)).toBe(true);
    expect(back.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(back.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await ann.fetch(`${media.url}/thumbnail`)).status).toBe(404);
  });

  it.each([
    ['an HTML page', '<!doctype html><script>alert(1)</script>', 'page.txt'],
    ['an SVG image called PNG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'image.png'],
    ['XML', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', 'data.xml'],
    ['a program of Linux', '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0', 'tool'],
    ['a program of Windows', `MZ\x90\0${'\0'.repeat(100)}`, 'tool.bin'],
    ['a script', '#!/bin/sh\nrm -rf /\n', 'notes.txt'],
    ['words with the ending of a program', 'just words', 'words.exe'],
    ['a PNG that breaks off', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'broken.png'],
    ['a JPEG of nothing', '\xff\xd8\xff\xe0nothing at all', 'broken.jpg'],
  ])('of %s is refused', async (_what, content, name) => {
    expectProblem(await (await person()).upload(Buffer.from(content, 'latin1'), name), 'unsupported_media');
  });

  it('of more than ten mebibytes is too large', async () => {
    const ann = await person();
    expectProblem(await ann.upload(Buffer.alloc(10 * 1024 * 1024 + 1, 'x'), 'large.txt'), 'payload_too_large');
    expect((await ann.upload(Buffer.alloc(10 * 1024 * 1024, 'x'), 'large.txt')).status).toBe(201);
  });

  it.each([
    ['nothing', ''],
    ['no file', `${part('caption', 'hello')}--${BOUNDARY}--\r\n`],
    ['two files', `${part('file', 'a', 'a.txt')}${part('file', 'b', 'b.txt')}--${BOUNDARY}--\r\n`],
    ['a file of another name', `${part('photo', 'a', 'a.txt')}--${BOUNDARY}--\r\n`],
    ['a body that breaks off', part('file', 'abc', 'a.txt').slice(0, -4)],
    ['another boundary', `--other\r\n\r\nx\r\n--other--\r\n`],
  ])('with %s in its body is refused', async (_what, body) => {
    expectProblem(await multipart(await person(), body), 'validation_failed');
  });

  it('in another form is an unsupported type', async () => {
    const ann = await person();
    expectProblem(await ann.http('POST', '/media', { file: 'abc' }), 'unsupported_media');
    expectProblem(await multipart(ann, await picture(), 'image/png'), 'unsupported_media');
  });

  it('with a file name that leads elsewhere goes nowhere else', async () => {
    const ann = await person();
    for (const name of ['../../../../tmp/x.txt', '/etc/passwd', 'a\\..\\b.txt', 'x'.repeat(2000)]) {
      const { id, url } = await ann.uploaded(Buffer.from('words'), name);
      expect(id).toMatch(/^[\w-]{1,64}$/);
      expect((await ann.fetch(url)).bytes.toString()).toBe('words');
    }
  });
});

describe('What was uploaded', () => {
  it('comes in ranges', async () => {
    const ann = await person();
    const { url } = await ann.uploaded(Buffer.from('0123456789'), 'digits.txt');
    const range = async (value: string) => {
      const { status, bytes, headers } = await ann.fetch(url, { range: value });
      return [status, headers.get('content-range'), status === 416 ? '' : bytes.toString()];
    };
    expect(await range('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await range('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await range('bytes=-3')).toEqual([206, 'bytes 7-9/10', '789']);
    expect(await range('bytes=5-500')).toEqual([206, 'bytes 5-9/10', '56789']);
    expect(await range('bytes=10-')).toEqual([416, 'bytes */10', '']);
    // what is no range is as if it were not there: RFC 9110 section 14.2
    expect(await range('bytes=4-2')).toEqual([200, null, '0123456789']);
    expect(await range('lines=1-2')).toEqual([200, null, '0123456789']);
  });

  it('is seen by its uploader and by members of a conversation that holds it, and by nobody else', async () => {
    const [ann, ben] = await friends();
    const eve = await person('eve');
    const media = await ann.uploaded(await picture());
    for (const who of [ben, eve])
      for (const url of [media.url, media.thumbnailUrl as string]) expect((await who.fetch(url)).status).toBe(404);
    const device = await ann.connect();
    await device.ok('message:send', {
      clientMsgId: newClientMsgId(),
      type: 'image',
      content: { mediaId: media.id },
      toUserId: ben.id,
    });
    for (const url of [media.url, media.thumbnailUrl as string]) {
      expect((await ben.fetch(url)).status).toBe(200);
      expect((await eve.fetch(url)).status).toBe(404);
      expectProblem(await new Visitor().http('GET', url.replace('/api/v1', '')), 'unauthenticated');
    }
    expectProblem(await eve.http('GET', `/media/${media.id}`), 'not_found');
    expectProblem(await eve.http('GET', `/media/${nobody()}`), 'not_found');
    expectProblem(await eve.http('GET', '/media/..%2f..%2fetc%2fpasswd'), 'not_found');
  });

  it('in a group is for who was there, and no longer for who has left', async () => {
    const [ann, ben, cy] = await people('ann', 'ben', 'cy');
    const group = await ann.makeGroup([ben]);
    const media = await ann.uploaded(await picture());
    const send = {
      clientMsgId: newClientMsgId(),
      type: 'image' as const,
      content: { mediaId: media.id },
      toGroupId: group.id,
    };
    await (await ann.connect()).ok('message:send', send);
    expect((await ben.fetch(media.url)).status).toBe(200);
    await cy.ok('POST', `/groups/${group.id}/join`, {});
    expect((await cy.fetch(media.url)).status).toBe(404);
    await ben.ok('POST', `/groups/${group.id}/leave`);
    expect((await ben.fetch(media.url)).status).toBe(404);
    expect((await ann.fetch(media.url)).status).toBe(200);
  });
});

describe('An image message', () => {
  it('carries the image to the others', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const media = await ann.uploaded(await picture('webp'), 'x.webp');
    await annDevice.ok('message:send', {
      clientMsgId: newClientMsgId(),
      type: 'image',
      content: { mediaId: media.id },
      toUserId: ben.id,
    });
    const { content } = await benDevice.waitForMessage(({ type }) => type === 'image');
    expect(content).toEqual({ media });
  });

  it('may bring its image along', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const { conversationId } = await annDevice.ok('message:send', {
      clientMsgId: newClientMsgId(),
      type: 'image',
      content: { data: dataUri(await picture('jpeg', 300, 200), 'image/jpeg') },
      toUserId: ben.id,
    });
    const { content } = await benDevice.waitForMessage(({ type }) => type === 'image');
    const { media } = content as ImageContent;
    expect(media).toMatchObject({ mime: 'image/jpeg', width: 300, height: 200 });
    expect(content).not.toHaveProperty('data');
    expect(await sharp((await ben.fetch(media.url)).bytes).metadata()).toMatchObject({ format: 'jpeg', width: 300 });
    const { lastMessage } = await ben.ok<Conversation>('GET', `/conversations/${conversationId}`);
    expect(lastMessage?.content).toEqual({ media });
    const posted = {
      clientMsgId: newClientMsgId(),
      type: 'image',
      content: { data: dataUri(await picture('png', 50, 50)) },
    };
    await ann.ok('POST', `/conversations/${conversationId}/messages`, posted);
  });

  it('cannot show what is not the sender’s, not there, or no image', async () => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const send = (content: object, type = 'image') =>
      device.raw('message:send', { clientMsgId: newClientMsgId(), type, content, toUserId: ben.id });
    const foreign = await ben.uploaded(await picture());
    const file = await ann.uploaded(Buffer.from('words'), 'words.txt');
    expectRefusal(await send({ mediaId: foreign.id }), 'not_found');
    expectRefusal(await send({ mediaId: nobody() }), 'not_found');
    expectRefusal(await send({ mediaId: file.id }), 'unsupported_media');
    expectRefusal(await send({}), 'validation_failed');
    expectRefusal(await send({ mediaId: file.id, data: 'data:image/png;base64,AAAA' }), 'validation_failed');
    expectRefusal(await send({ media: { id: file.id, url: 'https://elsewhere' } }), 'validation_failed');
    expectRefusal(await send({ data: 'data:image/png;base64,AAAA' }, 'file'), 'validation_failed');
  });

  it.each([
    ['no data URI', 'hello', 'validation_failed'],
    ['a page', `data:text/html;base64,${Buffer.from('<b>').toString('base64')}`, 'validation_failed'],
    ['an SVG', `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}`, 'validation_failed'],
    ['an address', 'https://example.org/cat.png', 'validation_failed'],
    ['a file', 'file:///etc/passwd', 'validation_failed'],
    ['broken base64', 'data:image/png;base64,****', 'validation_failed'],
    ['nothing', 'data:image/png;base64,', 'validation_failed'],
    ['words called PNG', `data:image/png;base64,${Buffer.from('words').toString('base64')}`, 'unsupported_media'],
  ] as const)('takes no %s for an image', async (_what, data, code) => {
    const [ann, ben] = await friends();
    const device = await ann.connect();
    const answer = await device.raw('message:send', {
      clientMsgId: 'x',
      type: 'image',
      content: { data },
      toUserId: ben.id,
    });
    expectRefusal(answer, code);
    expect((await ann.ok<Conversation>('POST', '/conversations/direct', { userId: ben.id })).lastSeq).toBe(0);
  });
});

describe('A file message', () => {
  it('carries the file and its name', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const media: Media = await ann.uploaded(Buffer.from('a,b\n1,2\n'), 'table.csv');
    const name = 'Übersicht 漢字 (1).csv';
    await annDevice.ok('message:send', {
      clientMsgId: newClientMsgId(),
      type: 'file',
      content: { mediaId: media.id, name },
      toUserId: ben.id,
    });
    expect((await benDevice.waitForMessage(({ type }) => type === 'file')).content).toEqual({ media, name });
    expect((await ben.fetch(media.url)).bytes.toString()).toBe('a,b\n1,2\n');
  });

  it('that does not say its name has that of the upload', async () => {
    const [ann, ben] = await friends();
    const [annDevice, benDevice] = await Promise.all([ann.connect(), ben.connect()]);
    const media: Media = await ann.uploaded(Buffer.from('a,b\n1,2\n'), 'Übersicht 漢字.csv');
    const send = {
      clientMsgId: newClientMsgId(),
      type: 'file',
      content: { mediaId: media.id },
      toUserId: ben.id,
    } as const;
    const stored = await annDevice.ok('message:send', send);
    const { content } = await benDevice.waitForMessage(({ type }) => type === 'file');
    expect(content).toEqual({ media, name: 'Übersicht 漢字.csv' });
    expect(await annDevice.ok('message:send', send)).toEqual({ ...stored, duplicate: true });
  });

  it.each([
    ['blank', '  '],
    ['long', 'x'.repeat(256)],
    ['with a line feed', 'a\nb.txt'],
    ['a number', 7],
  ])('takes no name that is %s', async (_what, name) => {
    const [ann, ben] = await friends();
    const media = await ann.uploaded(Buffer.from('words'), 'words.txt');
    const send = { clientMsgId: 'f', type: 'file', content: { mediaId: media.id, name }, toUserId: ben.id };
    expectRefusal(await (await ann.connect()).raw('message:send', send), 'validation_failed', 'content.name');
  });
});
