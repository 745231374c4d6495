const KEY = 'dunlin.notifications';

export const notificationsPossible = (): boolean => 'Notification' in window;

export const notificationsOn = (): boolean =>
  notificationsPossible() && localStorage.getItem(KEY) === 'on' && Notification.permission === 'granted';

/** @returns whether they are on now; a browser may refuse */
export async function switchNotifications(on: boolean): Promise<boolean> {
  if (!on || !notificationsPossible()) {
    localStorage.removeItem(KEY);
    return false;
  }
  if ((await Notification.requestPermission()) !== 'granted') return false;
  localStorage.setItem(KEY, 'on');
  return true;
}
