import { picture } from '../../support/images.js';
import { newClientMsgId, unique } from '../../support/names.js';
import { PASSWORD, Person } from '../../support/person.js';
import { emit, http, INSIDE, line, OPEN, OWN, PAIR, SENDERS, text, withFresh, type Line } from './line.js';
import type { World } from './world.js';

//                                                          owner admin member former stranger blocked anonymous
const account: Line[] = [
  line('POST /auth/register', 'a name of one’s own', OPEN, (world, actor) =>
    world.actors[actor].http('POST', '/auth/register', { username: unique('new'), password: PASSWORD }),
  ),
  line('POST /auth/login', 'one’s own password', OPEN, ({ actors, bystander }, actor) => {
    const who = actors[actor] instanceof Person ? actors[actor] : bystander;
    return who.http('POST', '/auth/login', { username: who.user.username, password: PASSWORD });
  }),
  line('POST /auth/login', 'the owner’s name', 'invalid_credentials '.repeat(7), ({ actors, owner }, actor) =>
    actors[actor].http('POST', '/auth/login', { username: owner.user.username, password: 'is it this one?' }),
  ),
  line('POST /auth/refresh', 'a refresh token, whoever brings it', OPEN, async ({ actors, bystander }, actor) => {
    const { auth } = await bystander.signInAgain();
    return actors[actor].http('POST', '/auth/refresh', { refreshToken: auth.refreshToken });
  }),
  line('POST /auth/logout', 'one’s own session', OWN, async ({ actors }, actor) => {
    const who = actors[actor];
    return (who instanceof Person ? await who.signInAgain() : who).http('POST', '/auth/logout');
  }),
  line(
    'POST /auth/password',
    'with the owner’s password unknown',
    'invalid_credentials '.repeat(6) + '401',
    http('POST', '/auth/password', { currentPassword: 'is it this one?', newPassword: 'another long password' }),
  ),
  line('GET /limits', 'the server’s', OWN, http('GET', '/limits')),
  line('GET /auth/sessions', 'one’s own', OWN, http('GET', '/auth/sessions')),
  line('DELETE /auth/sessions/{id}', 'the owner’s', 'ok nil nil nil nil nil 401', async ({ owner, actors }, actor) => {
    const other = await owner.signInAgain();
    const { items } = await other.ok<{ items: { id: string; current: boolean }[] }>('GET', '/auth/sessions');
    return actors[actor].http('DELETE', `/auth/sessions/${items.find(({ current }) => current)?.id}`);
  }),
];

const profiles: Line[] = [
  line('GET /users/me', 'oneself', OWN, http('GET', '/users/me')),
  line('PATCH /users/me', 'oneself', OWN, http('PATCH', '/users/me', { displayName: 'Somebody' })),
  line('PATCH /users/me', 'the owner’s picture', 'ok nil nil nil nil nil 401', async ({ owner, actors }, actor) => {
    const { id } = await owner.uploaded(await picture('png', 20, 20));
    return actors[actor].http('PATCH', '/users/me', { avatarMediaId: id });
  }),
  line('GET /users', 'anybody', OWN, http('GET', '/users?q=own')),
  line(
    'GET /users/{id}',
    'the owner',
    OWN,
    http('GET', ({ owner }) => `/users/${owner.id}`),
  ),
];

const friends: Line[] = [
  line('GET /friends', 'one’s own', OWN, http('GET', '/friends')),
  line('DELETE /friends/{userId}', 'the owner', 'bad ok ok ok ok ok 401', async (world, actor) => {
    await world.befriendAgain(actor);
    const answer = await http('DELETE', `/friends/${world.owner.id}`)(world, actor);
    await world.befriendAgain(actor);
    return answer;
  }),
  line('POST /friend-requests', 'to the owner', 'bad conf conf ok ok blocked 401', async (world, actor) => {
    await world.befriendAgain(actor);
    return http('POST', '/friend-requests', { userId: world.owner.id })(world, actor);
  }),
  line('GET /friend-requests', 'one’s own', OWN, http('GET', '/friend-requests?direction=incoming')),
  line(
    'POST /friend-requests/{id}/accept',
    'made to the owner',
    'ok nil nil nil nil nil 401',
    http('POST', async (world) => `/friend-requests/${await world.pendingRequest()}/accept`),
  ),
  line(
    'POST /friend-requests/{id}/decline',
    'made to the owner',
    'ok nil nil nil nil nil 401',
    http('POST', async (world) => `/friend-requests/${await world.pendingRequest()}/decline`),
  ),
  line(
    'DELETE /friend-requests/{id}',
    'made by the owner',
    'ok nil nil nil nil nil 401',
    http('DELETE', async ({ owner, wren }) => {
      const { id } = await owner.ok<{ id: string }>('POST', '/friend-requests', { userId: wren.id });
      return `/friend-requests/${id}`;
    }),
  ),
  line('GET /blocks', 'one’s own', OWN, http('GET', '/blocks')),
  line('PUT /blocks/{userId}', 'a bystander', OWN, async (world, actor) => {
    const answer = await http('PUT', `/blocks/${world.bystander.id}`)(world, actor);
    await http('DELETE', `/blocks/${world.bystander.id}`)(world, actor);
    return answer;
  }),
  line(
    'DELETE /blocks/{userId}',
    'whom one has not blocked',
    OWN,
    http('DELETE', ({ rook }) => `/blocks/${rook.id}`),
  ),
];

const groups: Line[] = [
  line('POST /groups', 'of one’s own', OWN, http('POST', '/groups', { name: 'Mine', joinPolicy: 'invite' })),
  line(
    'POST /groups',
    'with a friend of the owner’s',
    'ok apart apart apart apart apart 401',
    http('POST', '/groups', ({ rook }) => ({ name: 'Mine', joinPolicy: 'invite', memberIds: [rook.id] })),
  ),
  line('GET /groups', 'one’s own', OWN, http('GET', '/groups')),
  line(
    'GET /groups/{id}',
    'invite',
    INSIDE,
    http('GET', ({ group }) => `/groups/${group.id}`),
  ),
  line('GET /groups/{id}', 'open', OWN, http('GET', withFresh('', 'open'))),
  line('GET /groups/{id}', 'approval', OWN, http('GET', withFresh('', 'approval'))),
  line('PATCH /groups/{id}', 'invite', 'ok ok no nil nil nil 401', http('PATCH', withFresh(), { name: 'Renamed' })),
  line(
    'PATCH /groups/{id}',
    'open',
    'ok ok no out out out 401',
    http('PATCH', withFresh('', 'open'), { name: 'Renamed' }),
  ),
  line('DELETE /groups/{id}', 'invite', 'ok no no nil nil nil 401', http('DELETE', withFresh())),
  line('POST /groups/{id}/join', 'invite', INSIDE, http('POST', withFresh('/join'), {})),
  line('POST /groups/{id}/join', 'open', OWN, http('POST', withFresh('/join', 'open'), {})),
  line('POST /groups/{id}/join', 'approval', OWN, http('POST', withFresh('/join', 'approval'), {})),
  line('POST /groups/{id}/leave', 'invite', 'conf ok ok nil nil nil 401', http('POST', withFresh('/leave'))),
  line(
    'POST /groups/{id}/transfer',
    'to a member',
    'ok no no nil nil nil 401',
    http('POST', withFresh('/transfer'), ({ rook }) => ({ userId: rook.id })),
  ),
  line(
    'POST /groups/{id}/transfer',
    'to the admin',
    'ok no no nil nil nil 401',
    http('POST', withFresh('/transfer'), ({ actors }) => ({ userId: actors.admin.id })),
  ),
  line(
    'GET /groups/{id}/members',
    'invite',
    INSIDE,
    http('GET', ({ group }) => `/groups/${group.id}/members`),
  ),
  line('GET /groups/{id}/members', 'open', 'ok ok ok out out out 401', http('GET', withFresh('/members', 'open'))),
  line(
    'POST /groups/{id}/members',
    'invite',
    'ok ok no nil nil nil 401',
    http('POST', withFresh('/members'), ({ rook }) => ({ userIds: [rook.id] })),
  ),
  line(
    'DELETE /groups/{id}/members/{userId}',
    'a member',
    'ok ok no nil nil nil 401',
    http('DELETE', async (world) => `${await withFresh()(world)}/members/${world.rook.id}`),
  ),
  line(
    'DELETE /groups/{id}/members/{userId}',
    'the owner',
    'no no no nil nil nil 401',
    http('DELETE', async (world) => `${await withFresh()(world)}/members/${world.owner.id}`),
  ),
  line(
    'DELETE /groups/{id}/members/{userId}',
    'the admin',
    'ok no no nil nil nil 401',
    http('DELETE', async (world) => `${await withFresh()(world)}/members/${world.actors.admin.id}`),
  ),
  line(
    'PATCH /groups/{id}/members/{userId}',
    'a member made admin',
    'ok no no nil nil nil 401',
    http('PATCH', async (world) => `${await withFresh()(world)}/members/${world.rook.id}`, { role: 'admin' }),
  ),
  line(
    'PATCH /groups/{id}/members/{userId}',
    'a member silenced',
    'ok ok no nil nil nil 401',
    http('PATCH', async (world) => `${await withFresh()(world)}/members/${world.rook.id}`, {
      mutedUntil: '2099-01-01T00:00:00.000Z',
    }),
  ),
  line(
    'PATCH /groups/{id}/members/{userId}',
    'oneself made admin',
    'no no no nil nil nil 401',
    async (world, actor) => {
      const who = world.actors[actor];
      const id = who instanceof Person ? who.id : world.bystander.id;
      return who.http('PATCH', `${await withFresh()(world)}/members/${id}`, { role: 'admin' });
    },
  ),
  line(
    'GET /groups/{id}/join-requests',
    'approval',
    'ok ok no out out out 401',
    http('GET', async (world) => `/groups/${(await world.askedGroup()).id}/join-requests`),
  ),
  ...(['approve', 'reject'] as const).map((verb) =>
    line(
      `POST /groups/{id}/join-requests/{userId}/${verb}`,
      'approval',
      'ok ok no out out out 401',
      http(
        'POST',
        async (world) => `/groups/${(await world.askedGroup()).id}/join-requests/${world.bystander.id}/${verb}`,
      ),
    ),
  ),
  line('GET /group-directory', 'all', OWN, http('GET', '/group-directory?q=room')),
];

const inGroup =
  (rest: string) =>
  (world: World): string =>
    `/conversations/${world.group.conversationId}${rest}`;
const inPair =
  (rest: string) =>
  (world: World): string =>
    `/conversations/${world.direct.member}${rest}`;

const conversations: Line[] = [
  line('GET /conversations', 'one’s own', OWN, http('GET', '/conversations')),
  line(
    'POST /conversations/direct',
    'with the owner',
    'bad ok ok ok apart ok 401',
    http('POST', '/conversations/direct', ({ owner }) => ({ userId: owner.id })),
  ),
  line('GET /conversations/{id}', 'group', INSIDE, http('GET', inGroup(''))),
  line('GET /conversations/{id}', 'direct', PAIR, http('GET', inPair(''))),
  line(
    'GET /conversations/{id}',
    'direct, parted',
    'ok nil nil ok nil nil 401',
    http('GET', ({ direct }) => `/conversations/${direct.former}`),
  ),
  line('PATCH /conversations/{id}', 'group', INSIDE, http('PATCH', inGroup(''), { muted: true })),
  line('PATCH /conversations/{id}', 'direct', PAIR, http('PATCH', inPair(''), { pinned: true })),
  line('GET /conversations/{id}/messages', 'group', INSIDE, http('GET', inGroup('/messages'))),
  line('GET /conversations/{id}/messages', 'direct', PAIR, http('GET', inPair('/messages'))),
  line(
    'GET /conversations/{id}/messages',
    'direct, blocked',
    'ok nil nil nil nil ok 401',
    http('GET', ({ direct }) => `/conversations/${direct.blocked}/messages`),
  ),
  line('POST /conversations/{id}/messages', 'group', SENDERS, http('POST', inGroup('/messages'), text)),
  line('POST /conversations/{id}/messages', 'direct', PAIR, http('POST', inPair('/messages'), text)),
  line(
    'POST /conversations/{id}/messages',
    'direct, parted',
    'apart nil nil apart nil nil 401',
    http('POST', ({ direct }) => `/conversations/${direct.former}/messages`, text),
  ),
  line(
    'POST /conversations/{id}/messages',
    'direct, blocked',
    'blocked nil nil nil nil blocked 401',
    http('POST', ({ direct }) => `/conversations/${direct.blocked}/messages`, text),
  ),
  line('PUT /conversations/{id}/read', 'group', INSIDE, http('PUT', inGroup('/read'), { seq: 1 })),
  line('PUT /conversations/{id}/read', 'direct', PAIR, http('PUT', inPair('/read'), { seq: 1 })),
];

const media: Line[] = [
  line('POST /media', 'one’s own', OWN, ({ actors }, actor) => {
    const form = new FormData();
    form.append('file', new Blob(['words']), 'words.txt');
    return actors[actor].http('POST', '/media', undefined, { raw: form });
  }),
  line(
    'GET /media/{id}',
    'in the group',
    INSIDE,
    http('GET', (world) => `/media/${world.media.id}`),
  ),
  line(
    'GET /media/{id}/thumbnail',
    'in the group',
    INSIDE,
    http('GET', (world) => `/media/${world.media.id}/thumbnail`),
  ),
  line(
    'GET /media/{id}',
    'sent to nobody',
    'ok nil nil nil nil nil 401',
    http('GET', async ({ owner }) => `/media/${(await owner.uploaded(await picture('png', 20, 20))).id}`),
  ),
];

const events: Line[] = [
  line(
    'message:send',
    'to the group',
    SENDERS,
    emit('message:send', ({ group }) => ({ ...text(), toGroupId: group.id })),
  ),
  line(
    'message:send',
    'to the group’s conversation',
    SENDERS,
    emit('message:send', ({ group }) => ({ ...text(), conversationId: group.conversationId })),
  ),
  line(
    'message:send',
    'to the owner',
    'bad ok ok apart apart blocked 401',
    emit('message:send', ({ owner }) => ({ ...text(), toUserId: owner.id })),
  ),
  line(
    'message:send',
    'into the pair’s conversation',
    PAIR,
    emit('message:send', ({ direct }) => ({ ...text(), conversationId: direct.member })),
  ),
  line('message:send', 'with the owner’s file', 'ok nil nil apart apart blocked 401', async (world, actor) => {
    const { id } = await world.owner.uploaded(Buffer.from('words'), 'words.txt');
    const to = actor === 'owner' ? world.rook : world.owner;
    return world.emit(actor, 'message:send', {
      clientMsgId: newClientMsgId(),
      type: 'file',
      content: { mediaId: id },
      toUserId: to.id,
    });
  }),
  line(
    'conversation:sync',
    'group',
    INSIDE,
    emit('conversation:sync', ({ group }) => ({ conversationId: group.conversationId, afterSeq: 0 })),
  ),
  line(
    'conversation:sync',
    'direct',
    PAIR,
    emit('conversation:sync', ({ direct }) => ({ conversationId: direct.member, afterSeq: 0 })),
  ),
  line(
    'sync',
    'one’s own',
    OWN,
    emit('sync', () => ({ cursors: {} })),
  ),
  line(
    'conversation:read',
    'group',
    INSIDE,
    emit('conversation:read', ({ group }) => ({ conversationId: group.conversationId, seq: 1 })),
  ),
  line(
    'conversation:read',
    'direct',
    PAIR,
    emit('conversation:read', ({ direct }) => ({ conversationId: direct.member, seq: 1 })),
  ),
  line(
    'typing',
    'group',
    INSIDE,
    emit('typing', ({ group }) => ({ conversationId: group.conversationId, active: true })),
  ),
  line(
    'typing',
    'direct',
    PAIR,
    emit('typing', ({ direct }) => ({ conversationId: direct.member, active: true })),
  ),
  line(
    'presence:subscribe',
    'to the owner',
    OWN,
    emit('presence:subscribe', ({ owner }) => ({ userIds: [owner.id] })),
  ),
];

/** The authorization matrix. */
export const TABLE: Line[] = [...account, ...profiles, ...friends, ...groups, ...conversations, ...media, ...events];
