/** Limits of the protocol that clients may rely on. Lengths count Unicode code points unless said otherwise. */
export const LIMITS = {
  username: { min: 3, max: 32 },
  password: { min: 8, max: 256 },
  displayName: { min: 1, max: 64 },
  groupName: { min: 1, max: 64 },
  deviceName: { max: 64 },
  text: { min: 1, max: 4000 },
  requestMessage: { max: 200 },
  fileName: { min: 1, max: 255 },
  clientMsgId: { min: 1, max: 64 },
  query: { min: 1, max: 64 },
  page: { default: 50, max: 100 },
  history: { default: 50, max: 200 },
  syncRound: 100,
  presenceUsers: 200,
  memberIds: 200,
  /** Above this size a `conversation:read` goes only to the reader's own devices. */
  readReceiptGroup: 100,
  /** Bytes of one Socket.IO frame. */
  frameBytes: 1024 * 1024,
  /** Bytes of one HTTP body, media aside. */
  bodyBytes: 256 * 1024,
} as const;

/** `a-z A-Z 0-9 . _ -`, 3 to 32 of them. */
export const USERNAME_PATTERN = /^[A-Za-z0-9._-]{3,32}$/;
/** They make a name look like another: `exe.cod.pdf` may be a program. No file name has them. */
export const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
