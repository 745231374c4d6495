import { ERRORS, isErrorCode, type ErrorCode, type FieldError, type WireError } from '@dunlin/contracts/wire';

/**
 * The server's codes, and three that arise before it is asked: `network` (it could not be reached, or the connection broke
 * before the answer), `aborted` (cancelled by the caller), `signed_out` (nobody is signed in here).
 */
export type DunlinErrorCode = ErrorCode | 'network' | 'aborted' | 'signed_out';

const LOCAL: Record<Exclude<DunlinErrorCode, ErrorCode>, { title: string; retryable: boolean }> = {
  network: { title: 'The server cannot be reached', retryable: true },
  aborted: { title: 'Cancelled', retryable: false },
  signed_out: { title: 'Sign in first', retryable: false },
};

/** What can be stored and compared of a {@link DunlinError}. */
export interface ErrorFacts {
  code: DunlinErrorCode;
  message: string;
  retryable: boolean;
  retryAfterMs?: number;
  errors?: FieldError[];
  traceId?: string;
}

/** The one error that every method of the SDK throws or rejects with. */
export class DunlinError extends Error implements ErrorFacts {
  override readonly name = 'DunlinError';
  readonly code: DunlinErrorCode;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** Milliseconds after which a repeat makes sense; with `rate_limited` and `busy`. */
  readonly retryAfterMs?: number;
  /** With `validation_failed`: which fields, by name (`content.text`). */
  readonly errors?: FieldError[];
  /** By which the server's operator finds the request in the log. */
  readonly traceId?: string;

  constructor(code: DunlinErrorCode, facts: Partial<ErrorFacts> = {}, options?: ErrorOptions) {
    const known = isErrorCode(code) ? ERRORS[code] : LOCAL[code];
    super(facts.message ?? known.title, options);
    this.code = code;
    this.retryable = facts.retryable ?? known.retryable;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
    if (facts.errors !== undefined) this.errors = facts.errors;
    if (facts.traceId !== undefined) this.traceId = facts.traceId;
  }

  /** What a socket's ack or a refused handshake says. A newer server's unknown code becomes `internal`. */
  static fromWire(error: WireError): DunlinError {
    return make(isErrorCode(error.code) ? error.code : 'internal', error);
  }

  /** Any failure as a DunlinError; what is none came from below HTTP and is `network`. */
  static from(error: unknown): DunlinError {
    if (isOurs(error)) return error;
    const aborted = (error as { name?: string } | null)?.name === 'AbortError';
    return make(aborted ? 'aborted' : 'network', {}, { cause: error });
  }

  /** Plain data, for storing. */
  toJSON(): ErrorFacts {
    const { code, message, retryable, retryAfterMs, errors, traceId } = this;
    return { code, message, retryable, retryAfterMs, errors, traceId };
  }
}

// a class that names itself inside is called _DunlinError in the bundle, and so in every trace
const make = (...args: ConstructorParameters<typeof DunlinError>): DunlinError => new DunlinError(...args);
const isOurs = (error: unknown): error is DunlinError => error instanceof DunlinError;

/** What the caller gave is not what a method takes. */
export const invalid = (path: string, message: string): DunlinError =>
  make('validation_failed', { errors: [{ path, message }] });

/** What the device's storage failed with. */
export const ofStorage = (cause: unknown): DunlinError =>
  isOurs(cause) ? cause : make('internal', { message: 'The storage of this device has failed' }, { cause });

const OF_THE_TOKEN: ReadonlySet<DunlinErrorCode> = new Set(['unauthenticated', 'token_expired', 'session_revoked']);

/** Whether the token, not the request, was refused. */
export const isTokenRefused = (error: DunlinError): boolean => OF_THE_TOKEN.has(error.code);
