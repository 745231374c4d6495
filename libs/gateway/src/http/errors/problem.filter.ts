import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { DunlinError, ERRORS, type ErrorCode, type Problem } from '@dunlin/contracts';

interface Request {
  id: string;
  method: string;
}

interface Reply {
  sent: boolean;
  status(code: number): this;
  header(name: string, value: string): this;
  send(body: string): void;
}

/** Statuses that Nest and Fastify themselves answer with, by what they mean here. */
const BY_STATUS: Record<number, ErrorCode> = {
  400: 'validation_failed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'not_found',
  406: 'not_found',
  408: 'timeout',
  409: 'conflict',
  413: 'payload_too_large',
  414: 'validation_failed',
  415: 'unsupported_media',
  429: 'rate_limited',
  503: 'unavailable',
};

/** Every failed request answers RFC 9457 problem details; nothing of what failed leaks. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const reply = host.switchToHttp().getResponse<Reply>();
    if (reply.sent) return;
    const failure = this.understand(error);
    const problem = toProblem(failure, request.id);
    reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8');
    if (failure.retryAfterMs !== undefined)
      reply.header('retry-after', String(Math.max(1, Math.ceil(failure.retryAfterMs / 1000))));
    else if (failure.code === 'busy' || failure.code === 'rate_limited') reply.header('retry-after', '1');
    if (problem.status === 401) reply.header('www-authenticate', challenge(failure.code));
    reply.send(JSON.stringify(problem));
  }

  private understand(error: unknown): DunlinError {
    const known = DunlinError.from(error);
    if (known.code !== 'internal') return known;
    const status =
      error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number } | null)?.statusCode;
    const code = status === undefined ? undefined : BY_STATUS[status];
    if (code !== undefined) return new DunlinError(code);
    this.logger.error('A request failed', { err: (known.cause ?? error) as Error });
    return known;
  }
}

/** RFC 9110 section 11.6.1 wants one with every 401; RFC 6750 section 3.1 says what is wrong with the token given. */
const challenge = (code: ErrorCode): string =>
  code === 'token_expired' || code === 'session_revoked' ? 'Bearer error="invalid_token"' : 'Bearer';

function toProblem(failure: DunlinError, traceId: string): Problem {
  const { title, status, retryable } = ERRORS[failure.code];
  const problem: Problem = {
    type: 'about:blank',
    title,
    status,
    detail: failure.code === 'internal' ? title : failure.message,
    code: failure.code,
    retryable,
    traceId,
  };
  if (failure.errors !== undefined) problem.errors = failure.errors;
  return problem;
}
