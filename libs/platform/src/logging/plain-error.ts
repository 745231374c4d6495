import { pino } from 'pino';

/** What an operator may need of an error besides what it says. */
const KEPT = ['type', 'message', 'stack', 'code', 'errno', 'syscall', 'address', 'port'] as const;

/** As pino shows it, but for what else hangs on it: drivers put a query and its parameters there, and those are people's data. */
export function plainError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: typeof error === 'string' ? error : 'Something that is no error' };
  const shown: Record<string, unknown> = pino.stdSerializers.err(error);
  const plain: Record<string, unknown> = {};
  for (const key of KEPT) {
    const value = shown[key];
    if (typeof value === 'string' || typeof value === 'number') plain[key] = value;
  }
  if (error instanceof AggregateError) plain['aggregateErrors'] = error.errors.map(plainError);
  return plain;
}
