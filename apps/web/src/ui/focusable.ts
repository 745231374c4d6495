/** What the keyboard may be given to, as a selector. */
export const FOCUSABLE = 'button:not(:disabled):not([tabindex="-1"]), a[href], input:not(:disabled):not([hidden])';
