/** Whether a key is an input method's own: browsers differ in whether it still, or already, composes; 229 is what it has taken. */
export const isComposing = (event: Pick<KeyboardEvent, 'isComposing' | 'keyCode'>): boolean =>
  event.isComposing || event.keyCode === 229;
