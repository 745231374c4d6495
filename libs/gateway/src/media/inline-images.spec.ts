import { DunlinError, type Caller, type MediaProcessor, type RpcClient, type Upload } from '@dunlin/contracts';
import { InlineImages } from './inline-images.js';

const caller = { userId: 'anna', sessionId: 's' } as Caller;

describe('an inline image', () => {
  const uploads: { upload: Upload; options: object }[] = [];
  const processor = {
    store: (upload: Upload, options: object) => {
      uploads.push({ upload, options });
      return Promise.resolve({ id: 'm1', mime: 'image/png', size: 3, hasThumbnail: true });
    },
  } as unknown as MediaProcessor;
  const rpc = { call: (_rpc: unknown, record: { id: string }) => Promise.resolve(record) } as unknown as RpcClient;
  const images = new InlineImages(processor, rpc);
  beforeEach(() => uploads.splice(0));

  it('is decoded, stored by its content as the caller’s, and answered by its id', async () => {
    expect(await images.store(caller, 'data:image/png;base64,AQID')).toBe('m1');
    expect(uploads).toEqual([
      {
        upload: { bytes: Buffer.from([1, 2, 3]) },
        options: { uploaderId: 'anna', expect: 'image', contentAddressed: true },
      },
    ]);
  });

  it.each([
    'data:image/svg+xml;base64,AQID',
    'data:text/html;base64,AQID',
    'data:image/png,AQID',
    'data:image/png;charset=utf-8;base64,AQID',
    'data:image/png;base64,',
    'data:image/png;base64,AQ ID',
    'data:image/png;base64,AQI',
    'data:image/png;base64,AQIDB',
    'data:image/png;base64,AQID====',
    'data:image/png;base64,A-_D',
    'data:image/png;base64,AR==',
    'https://example.org/a.png',
    '',
  ])('written as %j is no data URI of an image', async (text) => {
    const refusal = await images.store(caller, text).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(DunlinError);
    expect((refusal as DunlinError).toData()).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'content.data' }],
    });
    expect(uploads).toEqual([]);
  });

  it('of a megabyte is read without delay', async () => {
    const data = `data:image/png;base64,${Buffer.alloc(768 * 1024, 7).toString('base64')}`;
    await images.store(caller, data);
    expect(uploads[0]?.upload.bytes.length).toBe(768 * 1024);
    await expect(images.store(caller, `${data.slice(0, -1)}!`)).rejects.toThrow(DunlinError);
  });
});
