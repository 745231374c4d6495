import type { Conversation, Presence } from '@dunlin/contracts/wire';
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import type { ListState, Unread } from '../conversations/chat-views.js';
import type { ClientEvents } from '../events/client-events.js';
import type { ConnectionView } from '../runtime.js';
import type { SessionState } from '../session/stored-session.js';
import type { Observable } from '../store/observable.js';
import { useDunlin } from './provider.js';

/** What an observable holds, drawn again when it changes. */
function useObservable<T>({ subscribe, getSnapshot }: Observable<T>): T {
  return useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
}

/** Who is signed in. */
export const useSession = (): SessionState => useObservable(useDunlin().session.state);

/** Whether the server can be reached, and how many messages wait. */
export const useConnection = (): ConnectionView => useObservable(useDunlin().connection);

/** Whether a reload finds the session again. */
export const useLasting = (): boolean => useObservable(useDunlin().lasting);

/** All conversations, pinned ones first, then the newest activity. */
export const useConversations = (): readonly Conversation[] => useObservable(useDunlin().conversations.list);

/** Whether that is all there is, and if not, why. */
export const useListState = (): ListState => useObservable(useDunlin().conversations.listState);

/** One conversation; undefined while it is not known here. */
export const useConversation = (id: string): Conversation | undefined =>
  useObservable(useDunlin().conversations.of(id));

/** Unread messages over all conversations. */
export const useUnread = (): Unread => useObservable(useDunlin().conversations.unread);

/** How many of one's own messages of a conversation were refused. */
export const useFailed = (conversationId: string): number =>
  useObservable(useDunlin().messages.failedIn(conversationId));

/** The texts of a conversation that wait or were refused. */
export const useUnsent = (conversationId: string): readonly string[] =>
  useObservable(useDunlin().messages.unsentIn(conversationId));

/** The ids of those who are writing in a conversation. */
export const useTyping = (conversationId: string): readonly string[] =>
  useObservable(useDunlin().typing.of(conversationId));

/** Whether somebody is there, kept up with while it is shown; null while it is not known. */
export function usePresence(userId: string): Presence | null {
  const { presence } = useDunlin();
  useEffect(() => presence.watch([userId]), [presence, userId]);
  return useObservable(presence.of(userId));
}

/** What has been written and not been sent, and how to change it. */
export function useDraft(conversationId: string): [text: string, set: (text: string) => void] {
  const { drafts } = useDunlin();
  const set = useCallback((text: string) => drafts.set(conversationId, text), [drafts, conversationId]);
  return [useObservable(drafts.of(conversationId)), set];
}

/** Calls back at an event while it is shown; the newest `listener` is the one that is called. */
export function useEvent<E extends keyof ClientEvents>(event: E, listener: (payload: ClientEvents[E]) => void): void {
  const client = useDunlin();
  const newest = useRef(listener);
  useEffect(() => {
    newest.current = listener;
  });
  useEffect(() => client.on(event, (payload) => newest.current(payload)), [client, event]);
}
