import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ERRORS, type ErrorCode, type Problem } from '@dunlin/contracts/wire';
import { newId } from './ids.js';

const TYPE = 'application/problem+json; charset=utf-8';

const EXPECTATION_FAILED = 417;
const REQUEST_TIMEOUT = 408;

const problem = (code: ErrorCode, traceId: string): Problem => {
  const { title, status, retryable } = ERRORS[code];
  return { type: 'about:blank', title, status, detail: title, code, retryable, traceId };
};

interface Reply {
  code(status: number): this;
  header(name: string, value: string): this;
  send(body: string): unknown;
}

/** Fastify refuses a path before Nest sees it that is no text or holds a part past all bounds: it names nothing. */
export function answerUnroutable(_error: unknown, request: { id: string }, reply: Reply): void {
  reply
    .code(ERRORS.not_found.status)
    .header('content-type', TYPE)
    .send(JSON.stringify(problem('not_found', request.id)));
}

/**
 * Node gives up on what is no HTTP, or has headers past all bounds: the same answer as for any other bad input; and on what
 * takes too long to come (RFC 9110 section 15.5.9).
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const late = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const body = JSON.stringify(
    late ? { ...problem('timeout', newId()), status: REQUEST_TIMEOUT } : problem('validation_failed', newId()),
  );
  socket.end(
    `HTTP/1.1 ${late ? `${REQUEST_TIMEOUT} Request Timeout` : '400 Bad Request'}\r\ncontent-type: ${TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `connection: close\r\n\r\n${body}`,
  );
}

/** Node would answer an `Expect` that is not `100-continue` with nothing but the status (RFC 9110 section 10.1.1). */
export function answerUnexpected(_request: IncomingMessage, response: ServerResponse): void {
  const body = { ...problem('validation_failed', newId()), title: 'Expectation failed', status: EXPECTATION_FAILED };
  response.writeHead(EXPECTATION_FAILED, { 'content-type': TYPE });
  response.end(JSON.stringify({ ...body, detail: body.title, errors: [{ path: 'expect', message: 'is not known' }] }));
}
