import { ERRORS, isErrorCode, type Ack, type ErrorCode, type Problem, type WireError } from '@dunlin/contracts/wire';
import { ConnectError } from './device.js';
import type { Reply } from './http.js';

/** What must never reach a client: a stack, a statement, a library's name, a path of the server. */
const LEAK =
  /node_modules|\bat \S+ \(|\.[jt]s:\d|select .* from|insert into|sqlite|mysql|typeorm|fastify|\bnest(?:js)?\b|kafka|redis|argon|sharp|vips|busboy|\/(?:work|home|tmp)\//i;

/**
 * An HTTP error of the contract's shape (RFC 9457) that says nothing of the server's inside.
 * @param paths the fields that must be named, where it matters
 */
export function expectProblem(reply: Reply, code: ErrorCode, ...paths: string[]): void {
  const problem = reply.body as Problem;
  expect({ status: reply.status, code: problem?.code, text: reply.text }).toEqual({
    status: ERRORS[code].status,
    code,
    text: reply.text,
  });
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problem).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    status: ERRORS[code].status,
    retryable: ERRORS[code].retryable,
    traceId: expect.stringMatching(/^[\w-]{8,64}$/),
  });
  if (code === 'rate_limited' || code === 'busy') expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
  expectOnly(problem, ['type', 'title', 'detail', 'status', 'code', 'retryable', 'traceId', 'errors']);
  expectPaths(problem.errors, paths);
  expect(reply.text).not.toMatch(LEAK);
}

/** The same for a socket's ack. */
export function expectRefusal(answer: Ack<unknown>, code: ErrorCode, ...paths: string[]): void {
  expect(answer).toMatchObject({ ok: false, error: { code } });
  expectWireError((answer as { error: WireError }).error, code);
  expectOnly(answer, ['ok', 'error']);
  expectPaths((answer as { error: WireError }).error.errors, paths);
}

function expectWireError(error: WireError, code: ErrorCode): void {
  expect(error).toMatchObject({
    code,
    message: expect.any(String),
    retryable: ERRORS[code].retryable,
    traceId: expect.stringMatching(/^[\w-]{8,64}$/),
  });
  expectOnly(error, ['code', 'message', 'retryable', 'retryAfterMs', 'traceId', 'errors']);
  expect(JSON.stringify(error)).not.toMatch(LEAK);
}

/** A handshake that is refused with a code. */
export async function expectNoConnection(attempt: Promise<unknown>, code: ErrorCode): Promise<void> {
  const failure: unknown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ConnectError);
  const { data } = failure as ConnectError;
  expect(data).toMatchObject({ code });
  expectWireError(data as WireError, code);
}

function expectPaths(errors: { path: string; message: string }[] | undefined, paths: string[]): void {
  if (errors) for (const error of errors) expectOnly(error, ['path', 'message']);
  if (paths.length > 0) expect(errors?.map((error) => error.path).sort()).toEqual([...paths].sort());
}

function expectOnly(object: object, keys: string[]): void {
  expect(Object.keys(object).filter((key) => !keys.includes(key))).toEqual([]);
}

/** One of the catalogue's codes or `ok`: how an answer came out. */
export const outcome = (answer: Reply | Ack<unknown>): string => {
  if ('ok' in answer) return answer.ok ? 'ok' : answer.error.code;
  if (answer.status < 300) return 'ok';
  const code = (answer.body as Problem | undefined)?.code;
  return isErrorCode(code) ? code : `status ${answer.status}`;
};

const EVENTUALLY_MS = 15_000;
const PAUSE_MS = 30;

/** Asks again until it holds: for what the contract promises soon rather than at once. */
export async function eventually<T>(ask: () => Promise<T> | T, withinMs = EVENTUALLY_MS): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
