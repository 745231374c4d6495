import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import { Config, ConfigError, parseConfig, type AppNeeds } from './config.js';

/**
 * Reads `.env` if present (the environment wins), then the environment. A wrong setting ends the process with its
 * name and what is expected, and exit code 78 (EX_CONFIG of sysexits.h).
 */
export function loadConfig(app: AppNeeds): Config {
  if (existsSync('.env')) loadEnvFile('.env');
  try {
    return parseConfig(process.env, app);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}
