export { DunlinProvider, useDunlin } from './provider.js';
export {
  useConnection,
  useConversation,
  useConversations,
  useDraft,
  useEvent,
  useFailed,
  useLasting,
  useListState,
  usePresence,
  useSession,
  useTyping,
  useUnread,
  useUnsent,
} from './hooks.js';
export { useTimeline } from './use-timeline.js';
export { useMediaUrl } from './use-media-url.js';
