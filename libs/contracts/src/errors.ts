import { RpcException } from '@nestjs/microservices';
import { ERRORS, isErrorCode, type ErrorCode, type FieldError, type WireError } from './wire/index.js';

export interface ErrorDetails {
  message?: string;
  /** Milliseconds. */
  retryAfterMs?: number;
  errors?: FieldError[];
  /** For the log only; never crosses a boundary. */
  cause?: unknown;
}

/** A payload of ten thousand unknown fields, or of one whose name is a book, gets no answer of its own size. */
export const MAX_FIELD_ERRORS = 50;
const MAX_PATH = 200;

const bounded = (errors: readonly FieldError[]): FieldError[] =>
  errors.slice(0, MAX_FIELD_ERRORS).map(({ path, message }) => ({
    path: path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path,
    message,
  }));

/** How an error crosses between processes: plain data, told apart by its code. */
export type ErrorData = Pick<WireError, 'code' | 'message' | 'retryAfterMs' | 'errors'>;

/**
 * An expected failure with a code from the one catalogue ({@link ERRORS}).
 * It extends Nest's RpcException, so that Nest's own microservice pipeline carries `getError()` as it is.
 */
export class DunlinError extends RpcException {
  readonly retryAfterMs?: number;
  readonly errors?: FieldError[];

  constructor(
    readonly code: ErrorCode,
    details: ErrorDetails = {},
  ) {
    const message = details.message ?? ERRORS[code].title;
    const data: ErrorData = { code, message };
    if (details.retryAfterMs !== undefined) data.retryAfterMs = details.retryAfterMs;
    if (details.errors !== undefined) data.errors = bounded(details.errors);
    // an expected failure is an answer, not a bug: where it was made tells nothing, and finding that out costs more than
    // all the rest of refusing a request, which must be cheap when there are too many
    const { stackTraceLimit } = Error;
    if (code !== 'internal') Error.stackTraceLimit = 0;
    super(data);
    Error.stackTraceLimit = stackTraceLimit;
    this.message = message;
    this.name = 'DunlinError';
    this.retryAfterMs = details.retryAfterMs;
    this.errors = data.errors;
    if (details.cause !== undefined) this.cause = details.cause;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  /** It passes by itself: another process is away or has too much to do. A bug is retryable for a client, and no such thing. */
  get transient(): boolean {
    return this.retryable && this.code !== 'internal';
  }

  toData(): ErrorData {
    return this.getError() as ErrorData;
  }

  /** Whatever came back over a transport or was thrown nearby, as a DunlinError; anything unknown is `internal`. */
  static from(error: unknown): DunlinError {
    if (error instanceof DunlinError) return error;
    if (typeof error === 'object' && error !== null && isErrorCode((error as { code?: unknown }).code)) {
      const data = error as ErrorData;
      return new DunlinError(data.code, {
        message: data.message,
        retryAfterMs: data.retryAfterMs,
        errors: data.errors,
      });
    }
    return new DunlinError('internal', { cause: error });
  }
}

/** Shorthand for a single invalid field. */
export const invalid = (path: string, message: string): DunlinError =>
  new DunlinError('validation_failed', { errors: [{ path, message }] });
