import { keep, kept } from '../ui/keep.js';

const KEY = 'dunlin.notifications';
/** Held, shared, by every tab that somebody sees. */
const SEEN_LOCK = 'dunlin.seen';
/** How long the tab that tells of a message keeps the others from it. Milliseconds. */
const TOLD_MS = 10_000;

const notificationsPossible = (): boolean => 'Notification' in window;

export const notificationsOn = (): boolean =>
  notificationsPossible() && kept(KEY) === 'on' && Notification.permission === 'granted';

/** Whether nobody has decided yet: neither here nor in the browser. */
export const notificationsUndecided = (): boolean =>
  notificationsPossible() && kept(KEY) === null && Notification.permission === 'default';

/** To be called by what somebody has clicked. @returns whether they are on now; a browser may refuse */
export async function switchNotifications(on: boolean): Promise<boolean> {
  if (on && notificationsPossible() && (await Notification.requestPermission()) === 'granted') {
    keep(KEY, 'on');
    return true;
  }
  keep(KEY, 'off');
  return false;
}

/**
 * Shows a notification unless somebody sees one of the tabs; of several hidden tabs, one shows it.
 *
 * @param messageId what it tells of
 */
export async function notifyOnce(messageId: string, show: () => void): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return show(); // not over https: the notification's tag keeps it from being there twice
  const asked = await locks.query().catch(() => undefined);
  if (!asked) return show(); // a page that is denied its storage is denied its locks
  if (asked.held?.some(({ name }) => name === SEEN_LOCK)) return;
  await locks.request(`dunlin.told.${messageId}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    show();
    await new Promise((resolve) => setTimeout(resolve, TOLD_MS));
  });
}

/** Lets the other tabs know whether this one is seen. @returns a function that ends it */
export function tellWhetherSeen(): () => void {
  const locks = navigator.locks as LockManager | undefined;
  let release: (() => void) | undefined;
  const follow = (): void => {
    release?.();
    release = undefined;
    if (document.hidden) return;
    const hidden = new Promise<void>((resolve) => (release = resolve));
    locks?.request(SEEN_LOCK, { mode: 'shared' }, () => hidden).catch(() => undefined);
  };
  follow();
  document.addEventListener('visibilitychange', follow);
  return () => {
    document.removeEventListener('visibilitychange', follow);
    release?.();
  };
}
