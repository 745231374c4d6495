export { DunlinProvider, useDunlin } from './provider.js';
export {
  useConnection,
  useConversation,
  useConversations,
  useDraft,
  useEvent,
  useFailed,
  useListState,
  usePresence,
  useSession,
  useTyping,
  useUnread,
} from './hooks.js';
export { useTimeline } from './use-timeline.js';
export { useMediaUrl } from './use-media-url.js';
