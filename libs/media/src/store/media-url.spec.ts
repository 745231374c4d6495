import { LocalMediaStore } from './local-media-store.js';
import { createMediaStore, parseFileUrl, parseS3Url } from './media-url.js';
import { S3MediaStore } from './s3-media-store.js';

describe('MEDIA_URL', () => {
  it('names a folder, relative or absolute', () => {
    expect(parseFileUrl('file:./data/media')).toBe('./data/media');
    expect(parseFileUrl('file:data/media')).toBe('data/media');
    expect(parseFileUrl('file:/srv/media')).toBe('/srv/media');
    expect(parseFileUrl('file:///srv/my%20media')).toBe('/srv/my media');
    expect(createMediaStore('file:./data/media')).toBeInstanceOf(LocalMediaStore);
  });

  it('names a bucket of S3 with the credentials of the environment', () => {
    expect(parseS3Url('s3://pictures?region=eu-central-1')).toEqual({
      bucket: 'pictures',
      prefix: '',
      endpoint: undefined,
      region: 'eu-central-1',
      forcePathStyle: false,
      credentials: undefined,
    });
    expect(createMediaStore('s3://pictures')).toBeInstanceOf(S3MediaStore);
  });

  it('names a bucket of another server with everything in it', () => {
    expect(parseS3Url('s3://key:s%2Fcret@pictures/chat/?endpoint=http://localhost:7070')).toMatchObject({
      bucket: 'pictures',
      prefix: 'chat/',
      endpoint: 'http://localhost:7070',
      forcePathStyle: true,
      credentials: { accessKeyId: 'key', secretAccessKey: 's/cret' },
    });
  });

  it.each([
    's3://?region=x',
    's3://key@pictures',
    's3://key:secret@pictures?endpoint=ftp://x',
    's3://key:secret@pictures?forcePathStyle=maybe',
    's3://key:secret@pictures?regoin=x',
  ])('that makes no sense is refused without repeating it: %s', (text) => {
    expect(() => parseS3Url(text)).toThrow(/^MEDIA_URL(?!.*secret)/);
  });
});
