import { Http } from './http.js';
import { segment } from './paging.js';

describe('A request', () => {
  const http = (asked: string[] = []): Http =>
    new Http('http://dunlin', async (url) => (asked.push(url), new Response('{}')), 1000);

  it('for half a character is not right, rather than a network that is down', async () => {
    await expect(http().get('/users', { q: 'tern \ud83d' })).rejects.toMatchObject({
      code: 'validation_failed',
      retryable: false,
      errors: [{ path: 'q' }],
    });
  });

  it('for whole ones leaves as it was written', async () => {
    const asked: string[] = [];
    await http(asked).get('/users', { q: 'tern 🐦', cursor: undefined });
    expect(asked).toEqual([`http://dunlin/api/v1/users?q=tern%20${encodeURIComponent('🐦')}`]);
    expect(segment('\ud83d/🐦')).toBe(`%EF%BF%BD%2F${encodeURIComponent('🐦')}`); // nobody has that id
  });
});

describe('An answer whose body stalls', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const stalled = (begun: string): Response =>
    new Response(new ReadableStream({ start: (body) => body.enqueue(bytes(begun)) }));
  const http = (answer: (signal: AbortSignal) => Response, timeoutMs: number): Http =>
    new Http('http://dunlin', async (_url, init) => answer(init?.signal as AbortSignal), timeoutMs);

  it.each([
    ['JSON', (server: Http) => server.get('/users/me')],
    ['a picture', (server: Http) => server.blob('/media/m')],
  ])('takes no longer than any other: %s', async (_kind, ask) => {
    await expect(ask(http(() => stalled('{"id":'), 20))).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });

  it('is given up when its caller says so, and with it the line', async () => {
    const begun = new AbortController();
    let over = (): void => undefined;
    const given = new Promise<void>((resolve) => (over = resolve));
    const line = (signal: AbortSignal): Response => {
      signal.addEventListener('abort', over);
      setImmediate(() => begun.abort());
      return stalled('half of a pic');
    };
    await expect(http(line, 60_000).blob('/media/m', begun.signal)).rejects.toMatchObject({ code: 'aborted' });
    await given;
  });

  it('does not hold up who has stopped asking before there was a token', async () => {
    const tokens = { current: () => new Promise<string>(() => undefined), renewed: () => Promise.reject(new Error()) };
    const server = new Http('http://dunlin', () => Promise.reject(new Error()), 60_000, tokens);
    const ended = new AbortController();
    const asked = server.blob('/media/m', ended.signal);
    ended.abort();
    await expect(asked).rejects.toMatchObject({ code: 'aborted' });
  });

  it('is a large picture over a poor line, as long as some of it comes', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    let pieces = 0;
    const dripping = new ReadableStream<Uint8Array>({
      pull: async (body) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (pieces++ === 10) body.close();
        else body.enqueue(bytes('bits'));
      },
    });
    const picture = new Response(dripping, { headers: { 'content-type': 'image/png' } });
    const asked = http(() => picture, 150).blob('/media/m');
    await jest.advanceTimersByTimeAsync(2000);
    jest.useRealTimers();
    const blob = await asked;
    expect([blob.type, await blob.text()]).toEqual(['image/png', 'bits'.repeat(10)]);
  });
});
