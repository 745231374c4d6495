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
