import { buffer } from 'node:stream/consumers';
import type { MediaId } from '@dunlin/contracts';
import { parseS3Url, S3MediaStore } from '@dunlin/media';
import { newId } from '@dunlin/platform';

// `npm test` starts one; another bucket that may be written to does as well: s3://key:secret@bucket?endpoint=http://…
const url = process.env['S3_URL'];

describe('the S3 media store', () => {
  if (url === undefined) throw new Error('S3_URL is missing. Run: npm test -- --only storage');
  const settings = parseS3Url(url);
  const store = new S3MediaStore(settings);
  afterAll(() => store.close());

  it('gives back what was put, whole and in part, and keeps the first', async () => {
    const id = newId<MediaId>();
    await store.put(id, 'original', Buffer.from('0123456789'), 'text/plain');
    await store.put(id, 'original', Buffer.from('another'), 'text/plain');
    const whole = await store.open(id, 'original');
    expect(whole?.size).toBe(10);
    expect(whole && (await buffer(whole.stream)).toString()).toBe('0123456789');
    const part = await store.open(id, 'original', { start: 2, end: 4 });
    expect(part?.size).toBe(10);
    expect(part && (await buffer(part.stream)).toString()).toBe('234');
  });

  it('has nothing that was not put, and nothing after it was deleted', async () => {
    const id = newId<MediaId>();
    expect(await store.open(id, 'original')).toBeNull();
    await store.put(id, 'thumbnail', Buffer.from('x'), 'image/webp');
    await store.delete(id);
    expect(await store.open(id, 'thumbnail')).toBeNull();
    expect(await store.open('../x' as MediaId, 'original')).toBeNull();
  });

  it('is well only while its bucket answers', async () => {
    await expect(store.check()).resolves.toBeUndefined();
    const lost = new S3MediaStore({ ...settings, bucket: `no-such-${newId()}` });
    await expect(lost.check()).rejects.toThrow();
    await lost.close();
  });
});
