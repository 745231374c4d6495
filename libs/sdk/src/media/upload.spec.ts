import { browser } from '../platform/browser.js';
import type { Http } from '../transport/http.js';
import { MediaFiles } from './media-files.js';
import { SizeLimit } from './size-limit.js';
import { upload } from './upload.js';

class FakeXhr {
  static last: FakeXhr;
  status = 0;
  responseText = '';
  aborted = false;
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  onload?: () => void;
  onabort?: () => void;

  constructor() {
    FakeXhr.last = this;
  }
  open(): void {}
  setRequestHeader(): void {}
  send(): void {}
  getResponseHeader(): null {
    return null;
  }
  abort(): void {
    this.aborted = true;
    this.onabort?.();
  }
}

describe('A file on its way up in a browser', () => {
  const http = {
    url: (path: string) => path,
    authorized: <T>(work: (headers: Record<string, string>) => Promise<T>) => work({}),
  } as unknown as Http;
  const parts = browser as { XMLHttpRequest?: unknown };
  const before = parts.XMLHttpRequest;
  beforeEach(() => {
    jest.useFakeTimers();
    parts.XMLHttpRequest = FakeXhr;
  });
  afterEach(() => {
    jest.useRealTimers();
    parts.XMLHttpRequest = before;
  });

  it('is given up when nothing moves any more, but not while it moves slowly', async () => {
    const sent = upload(http, new Blob(['shore'])).catch((error: unknown) => error);
    for (const loaded of [1, 2, 3]) {
      jest.advanceTimersByTime(50_000);
      FakeXhr.last.upload.onprogress?.({ loaded, total: 5 });
    }
    expect(FakeXhr.last.aborted).toBe(false);
    jest.advanceTimersByTime(60_000);
    expect(FakeXhr.last.aborted).toBe(true);
    expect(await sent).toMatchObject({ code: 'timeout', retryable: true });
  });

  it('is not even begun when it is too large', async () => {
    const picture = { size: 1001 } as Blob; // there is nothing to read
    await expect(new MediaFiles(http, new SizeLimit(http, 1000)).upload(picture)).rejects.toMatchObject({
      code: 'payload_too_large',
    });
  });

  it('fails, to be tried again, when what answers is not the server', async () => {
    const sent = upload(http, new Blob(['shore'])).catch((error: unknown) => error);
    Object.assign(FakeXhr.last, { status: 200, responseText: '<html>Please sign in to this network</html>' });
    FakeXhr.last.onload?.();
    expect(await sent).toMatchObject({ code: 'network', retryable: true });
  });
});
