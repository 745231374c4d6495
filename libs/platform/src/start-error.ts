import { ConfigError, type Config } from './config/config.js';

/** Why an app cannot start, as a sentence for its operator that says what to do. */
export class StartError extends Error {
  override name = 'StartError';
}

/** sysexits.h: EX_CONFIG. */
export const CONFIG_EXIT = 78;

/** What is to be said of a failed start, and the exit code; undefined for what nobody foresaw. */
export function explainStart(error: unknown, config: Config): { sentence: string; exitCode: number } | undefined {
  if (error instanceof ConfigError) return { sentence: error.message, exitCode: CONFIG_EXIT };
  if (error instanceof StartError) return { sentence: error.message, exitCode: 1 };
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === 'listen' && code === 'EADDRINUSE')
    return {
      sentence: `Port ${config.port} is in use. Stop what listens there, or set PORT to another one.`,
      exitCode: 1,
    };
  if (syscall === 'listen' && code === 'EACCES')
    return { sentence: `Port ${config.port} needs rights that this process does not have. Set PORT.`, exitCode: 1 };
  if ((syscall === 'listen' && code === 'EADDRNOTAVAIL') || syscall === 'getaddrinfo')
    return { sentence: 'HOST is not valid: expected an address of this machine to listen on', exitCode: CONFIG_EXIT };
  return undefined;
}
