/**
 * The closed list of error codes, shared by HTTP, sockets and Kafka.
 * `status` is the HTTP status (RFC 9110), `retryable` says whether the same request may succeed later unchanged.
 */
export const ERRORS = {
  validation_failed: { status: 400, title: 'The input is not valid', retryable: false },
  unauthenticated: { status: 401, title: 'Sign in first', retryable: false },
  invalid_credentials: { status: 401, title: 'Wrong username or password', retryable: false },
  token_expired: { status: 401, title: 'The token has expired', retryable: false },
  session_revoked: { status: 401, title: 'The session has ended', retryable: false },
  forbidden: { status: 403, title: 'Not allowed', retryable: false },
  not_friends: { status: 403, title: 'You are not friends', retryable: false },
  not_a_member: { status: 403, title: 'You are not a member', retryable: false },
  blocked: { status: 403, title: 'Blocked', retryable: false },
  muted: { status: 403, title: 'You are muted here', retryable: false },
  not_found: { status: 404, title: 'Not found', retryable: false },
  conflict: { status: 409, title: 'Conflicts with the current state', retryable: false },
  username_taken: { status: 409, title: 'The username is taken', retryable: false },
  idempotency_conflict: { status: 409, title: 'This id was used for other content', retryable: false },
  group_full: { status: 409, title: 'The group is full', retryable: false },
  payload_too_large: { status: 413, title: 'Too large', retryable: false },
  unsupported_media: { status: 415, title: 'Unsupported content type', retryable: false },
  rate_limited: { status: 429, title: 'Too many requests', retryable: true },
  internal: { status: 500, title: 'Something went wrong', retryable: true },
  unavailable: { status: 503, title: 'Temporarily unavailable', retryable: true },
  busy: { status: 503, title: 'The server is busy', retryable: true },
  timeout: { status: 504, title: 'The request took too long', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof ERRORS;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.prototype.hasOwnProperty.call(ERRORS, value);

/** One field that failed validation: its name (`content.text`, `memberIds.3`), never its value. */
export interface FieldError {
  path: string;
  message: string;
}

/** What a socket ack carries under `error`. */
export interface WireError {
  code: ErrorCode;
  message: string;
  retryable: boolean;
  /** Milliseconds after which a repeat makes sense; with `rate_limited` and `busy`. */
  retryAfterMs?: number;
  traceId: string;
  errors?: FieldError[];
}

/** RFC 9457 problem details, as every HTTP error answers. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  retryable: boolean;
  traceId: string;
  errors?: FieldError[];
}

/** The one answer that every client event's ack gets. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: WireError };
