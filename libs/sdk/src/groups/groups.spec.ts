import { Http } from '../transport/http.js';
import { Groups } from './groups.js';

type Answer = () => Response | Promise<Response>;

describe('Founding a group', () => {
  const refused =
    (status: number, code: string): Answer =>
    () =>
      Response.json({ code, title: code, status }, { status });
  const gone: Answer = () => Promise.reject(new TypeError('fetch failed'));
  const founded: Answer = () => Response.json({ id: 'g1' }, { status: 201 });
  const notes = { name: 'Notes', joinPolicy: 'open' as const, memberIds: ['ben', 'cleo'] };

  /** The groups of a server that gives these answers, and the ids that it was asked by. */
  const serverOf = (...answers: Answer[]): { groups: Groups; ids: string[] } => {
    const ids: string[] = [];
    const http = new Http(
      'http://dunlin',
      async (_url, init) => {
        ids.push((JSON.parse(init?.body as string) as { clientGroupId: string }).clientGroupId);
        return (answers.shift() ?? founded)();
      },
      1000,
    );
    return { groups: new Groups(http), ids };
  };

  it.each([
    ['the answer was lost', gone, 'network'],
    ['it took too long', refused(504, 'timeout'), 'timeout'],
    ['the service was away', refused(503, 'unavailable'), 'unavailable'],
    ['something went wrong', refused(500, 'internal'), 'internal'],
    ['the session ended meanwhile', refused(401, 'session_revoked'), 'session_revoked'],
  ])('again, when %s, has the same id, until it is there', async (_what, answer, code) => {
    const { groups, ids } = serverOf(answer, answer);
    await expect(groups.create(notes)).rejects.toMatchObject({ code });
    await expect(groups.create({ ...notes, memberIds: ['cleo', 'ben'] })).rejects.toMatchObject({ code });
    await groups.create(notes);
    await groups.create(notes);
    expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(ids.map((id) => id === ids[0])).toEqual([true, true, true, false]);
  });

  it('of something else has an id of its own', async () => {
    const { groups, ids } = serverOf(gone, gone);
    await expect(groups.create(notes)).rejects.toThrow();
    await expect(groups.create({ ...notes, name: 'More notes' })).rejects.toThrow();
    expect(new Set(ids).size).toBe(2);
  });

  it('twice at once makes two, also when one of them fails', async () => {
    const { groups, ids } = serverOf(gone, founded);
    await Promise.allSettled([groups.create(notes), groups.create(notes)]);
    expect(new Set(ids).size).toBe(2);
    await groups.create(notes);
    expect(ids[2]).toBe(ids[0]);
  });

  it('again has another id once the group is gone that was founded', async () => {
    const { groups, ids } = serverOf(gone, refused(404, 'not_found'));
    await expect(groups.create(notes)).rejects.toThrow();
    await expect(groups.create(notes)).rejects.toMatchObject({ code: 'not_found' });
    await groups.create(notes);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('takes the id that it is given', async () => {
    const { groups, ids } = serverOf(gone);
    await expect(groups.create({ ...notes, clientGroupId: 'mine' })).rejects.toThrow();
    await groups.create(notes);
    expect(ids[0]).toBe('mine');
    expect(ids[1]).not.toBe('mine');
  });
});
