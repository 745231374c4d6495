import { DunlinClient } from '../client.js';

describe('What is asked of a conversation', () => {
  it('is not the next person’s when it is answered late', async () => {
    const json = (value: object): Response => new Response(JSON.stringify(value));
    let answer = (): void => undefined;
    const fetch = async (address: string, init?: RequestInit): Promise<Response> => {
      const { username } = JSON.parse(String(init?.body ?? '{}')) as { username: string };
      const user = { id: username, username, displayName: username, avatarUrl: null, createdAt: '' };
      if (address.endsWith('/auth/login'))
        return json({ user, accessToken: 'a', refreshToken: username, expiresIn: 900 });
      if (init?.method !== 'PATCH') return new Response(null, { status: 204 });
      await new Promise<void>((resolve) => (answer = resolve));
      return json({ id: 'c', type: 'direct', lastMessage: null, lastSeq: 0, readSeq: 0, unread: 0, updatedAt: '' });
    };
    const client = new DunlinClient({ url: 'http://127.0.0.1:9', fetch });
    const enter = (username: string) => client.session.signIn({ username, password: 'a long password' });
    await enter('ann');
    const late = client.conversations.update('c', { muted: true });
    await new Promise((resolve) => setImmediate(resolve));
    await client.session.signOut();
    await enter('ben');
    answer();
    await late;
    expect(client.conversations.list.getSnapshot()).toEqual([]);
    await client.close();
  });
});
