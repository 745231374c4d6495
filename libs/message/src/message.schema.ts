import type { Schema } from '@dunlin/storage';
import { ConversationRow } from './conversation/conversation.entity.js';
import { MemberRow } from './conversation/member.entity.js';
import { MessageRow } from './log/message.entity.js';
import { MediaRow, MessageMediaRow } from './media/media.entity.js';
import { MessageInit1790000000003 } from './migrations/1790000000003-init.js';
import { MediaName1795000000001 } from './migrations/1795000000001-media-name.js';
import { ClientIdsAsTheyAre1797000000001 } from './migrations/1797000000001-client-ids-as-they-are.js';

/** The message context's tables. */
export const messageSchema: Schema = {
  entities: [ConversationRow, MemberRow, MessageRow, MediaRow, MessageMediaRow],
  migrations: [MessageInit1790000000003, MediaName1795000000001, ClientIdsAsTheyAre1797000000001],
};
