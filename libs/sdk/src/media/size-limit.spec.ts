import { DunlinError } from '../errors/dunlin-error.js';
import type { Http } from '../transport/http.js';
import { SizeLimit } from './size-limit.js';

/** A server that gives these answers, one after the other. */
const server = (...answers: (number | DunlinError)[]): Http & { asked: number } => {
  const http = {
    asked: 0,
    get: async () => {
      const answer = answers[http.asked++];
      if (answer instanceof DunlinError) throw answer;
      return { mediaBytes: answer };
    },
  };
  return http as unknown as Http & { asked: number };
};

describe('How large a file may be', () => {
  it('is asked of the server, once', async () => {
    const http = server(5_000_000_000);
    const limit = new SizeLimit(http);
    expect(limit.bytes).toBe(10 * 1024 * 1024);
    await limit.learn();
    await limit.learn();
    expect(limit.bytes).toBe(5_000_000_000);
    expect(http.asked).toBe(1);
  });

  it('is asked again when there was no answer, but not of a server that has none', async () => {
    const http = server(new DunlinError('network'), 2048);
    const limit = new SizeLimit(http);
    await limit.learn();
    await limit.learn();
    expect(limit.bytes).toBe(2048);
    const older = server(new DunlinError('not_found'));
    const unknown = new SizeLimit(older);
    await unknown.learn();
    await unknown.learn();
    expect(unknown.bytes).toBe(10 * 1024 * 1024);
    expect(older.asked).toBe(1);
  });

  it('is what the option says, whatever the server does', async () => {
    const http = server(2048);
    const limit = new SizeLimit(http, 1000);
    await limit.learn();
    expect(limit.bytes).toBe(1000);
    expect(http.asked).toBe(0);
  });
});
