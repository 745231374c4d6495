import {
  CreateGroupDto,
  LoginDto,
  PageQueryDto,
  PresenceSubscribeDto,
  RegisterDto,
  SyncDto,
  TypingDto,
  type DunlinError,
} from '@dunlin/contracts';
import { createValidationPipe, validated } from './validation.js';

const pipe = createValidationPipe();
const take = (metatype: new () => object, value: unknown, type: 'body' | 'query' = 'body'): Promise<unknown> =>
  pipe.transform(value, { type, metatype });
const refused = async (metatype: new () => object, value: unknown, type?: 'body' | 'query'): Promise<string[]> => {
  const error = (await take(metatype, value, type).then(
    () => undefined,
    (reason: unknown) => reason,
  )) as DunlinError | undefined;
  expect(error?.code).toBe('validation_failed');
  return (error?.errors ?? []).map(({ path }) => path);
};

const ann = { username: 'ann', password: 'correct horse battery' };

const fields = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, i]));

describe('Input', () => {
  it('that keeps the rules comes through as it was sent', async () => {
    expect(await take(RegisterDto, { ...ann, displayName: ' Ann \u{1F426} ' })).toEqual({
      ...ann,
      displayName: ' Ann \u{1F426} ',
    });
    expect(await take(PageQueryDto, { limit: '7' }, 'query')).toMatchObject({ limit: 7 });
    expect(await take(PageQueryDto, {}, 'query')).toMatchObject({ limit: 50 });
  });

  it.each<[string, object, string[]]>([
    ['a field too few', { username: 'ann' }, ['password']],
    ['a field too many', { ...ann, admin: true }, ['admin']],
    ['null', { ...ann, displayName: null }, ['displayName']],
    ['another type', { ...ann, username: ['ann'] }, ['username']],
    ['two at once', { username: 'a', password: 'short' }, ['username', 'password']],
    ['NUL in a password', { ...ann, password: 'correct\u0000horse' }, ['password']],
    ['half a character', { ...ann, displayName: 'a\ud800' }, ['displayName']],
    ['a forged prototype', JSON.parse('{"username":"ann","__proto__":{"admin":true}}') as object, ['__proto__']],
    ['a name every object has', { ...ann, toString: 'x' }, ['toString']],
    ['a constructor', { ...ann, constructor: { prototype: {} } }, ['constructor']],
  ])('with %s is refused by the name of the field', async (_what, body, paths) => {
    expect(await refused(RegisterDto, body)).toEqual(paths);
  });

  it('with a bad element names its place in the list', async () => {
    const memberIds = ['a', 'b', 'c', { $ne: 1 }];
    expect(await refused(CreateGroupDto, { name: 'g', joinPolicy: 'open', memberIds })).toEqual(['memberIds.3']);
  });

  it.each([
    ['null', null],
    ['a list', [ann]],
    ['a text', 'ann'],
    ['a number', 7],
  ])('that is %s instead of an object is told so', async (_what, body) => {
    const errors = [{ path: '', message: 'must be an object' }];
    await expect(take(LoginDto, body)).rejects.toMatchObject({ code: 'validation_failed', errors });
    expect(() => validated(LoginDto, body)).toThrow(expect.objectContaining({ errors }));
  });

  it('that is missing is told what it lacks', async () => {
    expect(await refused(LoginDto, undefined)).toEqual(['username', 'password']);
  });

  it.each(['0', '101', '-1', '1.5', 'x', '', '1e1', '050', '+5', '-0', ['1', '2']])(
    'with limit %j is refused',
    async (limit) => {
      expect(await refused(PageQueryDto, { limit }, 'query')).toEqual(['limit']);
    },
  );

  it('of any depth or breadth is refused at once and in few words', async () => {
    let deep: object = {};
    for (let i = 0; i < 10_000; i++) deep = { deep };
    await refused(RegisterDto, { ...ann, deep });
    expect((await refused(RegisterDto, { ...ann, ...fields(10_000) })).length).toBeLessThanOrEqual(50);
    expect((await refused(RegisterDto, { ...ann, ...fields(40) })).length).toBe(40);
    const [path = ''] = await refused(RegisterDto, { ...ann, ['f'.repeat(200_000)]: 1 });
    expect(path.length).toBeLessThan(300);
  });

  it.each([
    ['a frame of fields', TypingDto, { conversationId: 'd1', active: true, ...fields(90_000) }],
    ['a map beyond its limit', SyncDto, { cursors: fields(90_000) }],
    ['a list beyond its limit', PresenceSubscribeDto, { userIds: Object.keys(fields(90_000)) }],
  ])('that is %s takes no longer than reading it', (_what, dto: new () => object, payload) => {
    const start = performance.now();
    expect(() => validated(dto, payload)).toThrow();
    // all of them took seconds when the time went with the square
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('of 10,000 cursors is taken', () => {
    expect(Object.keys(validated(SyncDto, { cursors: fields(10_000) }).cursors)).toHaveLength(10_000);
  });

  it('is never repeated in what is said about it', async () => {
    const error = await take(RegisterDto, {
      username: 'hunter2 ',
      password: 'hunter2',
      displayName: '\u0007hunter2',
    }).catch((reason: DunlinError) => reason);
    expect(JSON.stringify((error as DunlinError).toData())).not.toContain('hunter2');
  });

  it('over a socket is held to the same rules', () => {
    expect(validated(RegisterDto, ann)).toEqual(ann);
    for (const input of [null, [ann], 'x', { ...ann, admin: 1 }, { ...ann, constructor: 1 }])
      expect(() => validated(RegisterDto, input)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
  });
});
