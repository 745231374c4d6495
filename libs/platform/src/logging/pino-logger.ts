import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger as Pino, type LoggerOptions } from 'pino';
import type { Config } from '../config/config.js';
import { activeTraceId } from '../trace/trace-context.js';
import { plainError } from './plain-error.js';
import { standardOutput } from './standard-output.js';

/** Structured logs on standard output: one JSON line each, with the trace id of the request they belong to. */
export function createPino(config: Config, app: string, output: DestinationStream = standardOutput()): Pino {
  const options: LoggerOptions = {
    level: config.logLevel,
    base: { app, instance: config.instanceId },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: plainError },
    formatters: { level: (label) => ({ level: label }) },
    redact: ['password', '*.password', 'token', '*.token', 'accessToken', 'refreshToken', 'authorization'],
    mixin: () => {
      const traceId = activeTraceId();
      return traceId === undefined ? {} : { traceId };
    },
  };
  return pino(options, output);
}

/** Nest's own account of how it puts an app together: for who debugs that. */
const FRAMEWORK = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Nest tells of a failed start and throws it besides; `bootstrap` says it, once. */
const START_FAILURES = new Set(['ExceptionHandler', 'NestApplication']);

/** Nest's logger over pino, so that `new Logger(Name)` anywhere writes the same lines. */
export class PinoLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context last, and for errors a stack before it. */
  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
    if (level === 'error' && context !== undefined && START_FAILURES.has(context)) return;
    if (level === 'info' && context !== undefined && FRAMEWORK.has(context)) level = 'debug';
    const details = context === undefined ? rest : rest.slice(0, -1);
    const fields: Record<string, unknown> = {};
    if (context !== undefined) fields['context'] = context;
    for (const detail of details) {
      if (detail instanceof Error) fields['err'] = detail;
      else if (typeof detail === 'string') fields['stack'] = detail;
      else if (typeof detail === 'object' && detail !== null) Object.assign(fields, detail);
    }
    if (message instanceof Error) this.pino[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.pino[level]({ ...fields, ...message });
    else this.pino[level](fields, String(message));
  }
}
