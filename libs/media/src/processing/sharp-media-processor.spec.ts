import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { isBlurhashValid } from 'blurhash';
import sharp from 'sharp';
import type { ErrorCode, MediaId, MediaRecord, Variant } from '@dunlin/contracts';
import { parseConfig } from '@dunlin/platform';
import { LocalMediaStore } from '../store/local-media-store.js';
import { SharpMediaProcessor } from './sharp-media-processor.js';
import { animation, asfLoop, gifOfFrames, photographWithPosition, picture, pngClaiming } from '../testing/specimens.js';

const JWT_SECRET = 'a secret of this spec, long enough for HS256';
const FORMATS = ['png', 'jpeg', 'webp', 'gif'] as const;

describe('an upload', () => {
  let folder: string;
  let store: LocalMediaStore;
  let processor: SharpMediaProcessor;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dunlin-media-'));
    store = new LocalMediaStore(folder);
    const config = parseConfig(
      { JWT_SECRET, DATA_DIR: folder, MEDIA_MAX_BYTES: '2000000' },
      { name: 'test', defaultPort: 0 },
    );
    processor = new SharpMediaProcessor(store, config);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const upload = (bytes: Buffer | string, fileName?: string): Promise<MediaRecord> =>
    processor.store({ bytes: Buffer.from(bytes), fileName }, { uploaderId: 'anna', expect: 'any' });
  const inline = (bytes: Buffer, uploaderId = 'anna'): Promise<MediaRecord> =>
    processor.store({ bytes }, { uploaderId, expect: 'image', contentAddressed: true });
  const stored = async (id: MediaId, variant: Variant = 'original'): Promise<Buffer> => {
    const object = await store.open(id, variant);
    if (!object) throw new Error('nothing is stored');
    return buffer(object.stream);
  };
  const refusal = (work: Promise<unknown>): Promise<ErrorCode | 'taken'> =>
    work.then(
      () => 'taken' as const,
      (error: { code: ErrorCode }) => error.code,
    );

  it.each(FORMATS)('of a %s image keeps its format and gets a thumbnail and a blurhash', async (format) => {
    const record = await upload(await picture(format));
    expect(record).toMatchObject({ mime: `image/${format}`, width: 600, height: 400, hasThumbnail: true });
    expect(isBlurhashValid(record.blurhash ?? '').result).toBe(true);
    const bytes = await stored(record.id);
    expect(bytes.length).toBe(record.size);
    expect(await sharp(bytes).metadata()).toMatchObject({ format, width: 600, height: 400 });
    expect(await sharp(await stored(record.id, 'thumbnail')).metadata()).toMatchObject({
      format: 'webp',
      width: 320,
      height: 213,
    });
  });

  it('loses position and maker, and is turned the way the camera was held', async () => {
    const original = await photographWithPosition();
    expect(original.includes('SecretMaker')).toBe(true);
    expect((await sharp(original).metadata()).exif).toBeDefined();
    const record = await upload(original);
    expect(record).toMatchObject({ width: 100, height: 200 });
    const bytes = await stored(record.id);
    const { exif, icc, xmp, orientation } = await sharp(bytes).metadata();
    expect({ exif, icc, xmp, orientation }).toEqual({});
    expect(bytes.includes('SecretMaker')).toBe(false);
    const top = await sharp(bytes).extract({ left: 50, top: 20, width: 1, height: 1 }).raw().toBuffer();
    expect(top[0]).toBeGreaterThan(200);
  });

  it.each(['gif', 'webp'] as const)('of an animated %s stays animated', async (format) => {
    const record = await upload(await animation(format, 12));
    expect(record).toMatchObject({ mime: `image/${format}`, width: 16, height: 16 });
    expect((await sharp(await stored(record.id), { animated: true }).metadata()).pages).toBe(12);
  });

  it.each(FORMATS)('of a %s image that is cut off is refused', async (format) => {
    const whole = await picture(format);
    expect(await refusal(upload(whole.subarray(0, whole.length >> 1)))).toBe('unsupported_media');
    expect(await refusal(upload(whole.subarray(0, 40)))).toBe('unsupported_media');
  });

  it('that claims more pixels than fit is refused before it is decoded', async () => {
    expect(await refusal(upload(await pngClaiming(60_000, 60_000)))).toBe('unsupported_media');
    expect(await refusal(upload(await pngClaiming(0x7fffffff, 1)))).toBe('unsupported_media');
  });

  it('with thousands of frames is refused', async () => {
    expect(await refusal(upload(gifOfFrames(5000)))).toBe('unsupported_media');
    expect(await refusal(upload(gifOfFrames(120_000)))).toBe('unsupported_media');
    expect((await upload(gifOfFrames(20))).mime).toBe('image/gif');
  });

  it('keeps nothing of a page hidden in an image', async () => {
    const page = '<html><script>alert(document.domain)</script></html>';
    const record = await upload(Buffer.concat([await picture('gif', 20, 20), Buffer.from(page)]), 'page.html');
    expect(record.mime).toBe('image/gif');
    expect((await stored(record.id)).includes('script')).toBe(false);
    expect(await refusal(upload(`GIF89a/*${page}*/=1;`))).toBe('unsupported_media');
  });

  it.each([
    ['an SVG named like a PNG', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'a.png'],
    ['HTML behind white space', '\ufeff \n <!DOCTYPE html><title>x</title>', 'a.txt'],
    ['HTML behind a line of text', 'hello\n<script>alert(1)</script>', 'a.txt'],
    ['HTML in UTF-16', Buffer.from('\ufeff<html><script>', 'utf16le'), 'a.bin'],
    ['XML', '<?xml version="1.0"?><a/>', undefined],
    ['PHP', '<?php system($_GET[0]); ?>', 'a.txt'],
    ['a shell script', '#!/bin/sh\nrm -rf /\n', 'notes'],
    ['an ELF program', Buffer.from('7f454c460201010000000000', 'hex'), 'a.dat'],
    ['a Windows program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(100)]), 'a.dat'],
    ['a Mach-O program', Buffer.from('cffaedfe0700000100000000', 'hex'), 'a.dat'],
    ['a WebAssembly module', Buffer.from('0061736d01000000', 'hex'), undefined],
    ['a script by its name', 'alert(1)', 'a.js'],
    ['a program by its name', 'text', 'Holiday.PDF.exe'],
    ['a program by the name that Windows sees', 'text', 'a.bat. .'],
    ['a program in another stream', 'text', 'a.cmd::$DATA'],
  ])('of %s is refused', async (_what, bytes, name) => {
    expect(await refusal(upload(bytes, name))).toBe('unsupported_media');
  });

  it('of any other file is kept to the byte', async () => {
    const pdf = Buffer.from('%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF');
    const record = await upload(pdf, 'report.pdf');
    expect(record).toEqual({ id: record.id, mime: 'application/pdf', size: pdf.length, hasThumbnail: false });
    expect(await stored(record.id)).toEqual(pdf);
    expect((await upload('a < b, and b > c: grüße', 'notes.txt')).mime).toBe('text/plain');
    expect((await upload(Buffer.from([1, 0, 2, 255]))).mime).toBe('application/octet-stream');
    expect((await upload(await picture('tiff', 20, 20), 'scan.tiff')).width).toBeUndefined();
  });

  it('that leads type detectors round in circles is done with at once', async () => {
    expect((await upload(asfLoop())).hasThumbnail).toBe(false);
  });

  it('that is empty or over the limit is told so', async () => {
    expect(await refusal(upload(''))).toBe('validation_failed');
    expect(await refusal(upload(Buffer.alloc(2_000_001)))).toBe('payload_too_large');
  });

  it('meant as an image must be one', async () => {
    expect(await refusal(inline(Buffer.from('hello')))).toBe('unsupported_media');
    expect(await refusal(inline(await picture('tiff', 20, 20)))).toBe('unsupported_media');
  });

  it('inline is the same media when it is repeated, and another one for another person', async () => {
    const image = await picture('png', 30, 30);
    const first = await inline(image);
    expect(await inline(image)).toEqual(first);
    expect((await inline(image, 'ben')).id).not.toBe(first.id);
    expect(first.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is refused as busy when too many images are waiting, and the others are done', async () => {
    const image = await picture('png', 300, 300);
    const results = await Promise.all(Array.from({ length: 60 }, (_, i) => refusal(inline(image, `person${i}`))));
    expect(new Set(results)).toEqual(new Set(['taken', 'busy']));
    expect(await refusal(upload(image))).toBe('taken');
  });

  it('waits behind what the same person has sent, and nobody else does', async () => {
    const large = await sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    let done = 0;
    const others = Array.from({ length: 8 }, () =>
      processor.store({ bytes: large }, { uploaderId: 'anna', expect: 'any' }).then(() => (done += 1)),
    );
    await inline(await picture('png', 30, 30), 'ben');
    expect(done).toBeLessThan(3);
    await Promise.all(others);
    expect(done).toBe(8);
  });

  it('leaves nothing half-written behind', async () => {
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });
});
