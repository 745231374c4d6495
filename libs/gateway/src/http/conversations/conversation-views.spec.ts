import {
  groupRpc,
  type Caller,
  type ConversationId,
  type ConversationRecord,
  type GroupId,
  type Rpc,
  type RpcClient,
  type UserId,
} from '@dunlin/contracts';
import { ConversationViews } from './conversation-views.js';

describe('Conversations as a person sees them', () => {
  const ben = { userId: 'ben' as UserId } as Caller;
  const recordOf = (group: string): ConversationRecord => ({
    id: `g${group}` as ConversationId,
    type: 'group',
    groupId: group as GroupId,
    lastMessage: null,
    lastSeq: 1,
    readSeq: 0,
    unread: 1,
    muted: false,
    pinned: false,
    updatedAt: '2026-11-28T09:00:00.000Z',
  });
  /** The group service knows that he is in the walks, and has put him out of the rest. */
  const rpc = {
    call: async (rpc: Rpc<unknown, unknown>) => (rpc === (groupRpc.cards as unknown) ? [{ id: 'walks' }] : []),
  } as unknown as RpcClient;
  const views = new ConversationViews(rpc);

  it('leave out the group that one was put out of, though its conversation does not know yet', async () => {
    const seen = await views.all([recordOf('walks'), recordOf('rest')], ben);
    expect(seen.map(({ id, group }) => [id, group?.id])).toEqual([['gwalks', 'walks']]);
  });

  it('are not found in that moment', async () => {
    await expect(views.one(recordOf('rest'), ben)).rejects.toMatchObject({ code: 'not_found' });
    expect(await views.one(recordOf('walks'), ben)).toMatchObject({ id: 'gwalks' });
  });
});
