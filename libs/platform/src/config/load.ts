import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';
import { makeWritableFolder } from '../folders.js';
import { CONFIG_EXIT } from '../start-error.js';
import { Config, ConfigError, parseConfig, unusable, type AppNeeds } from './config.js';

/**
 * Reads `.env` if present (the environment wins), then the environment. A wrong setting ends the process with its
 * name and what is expected, and exit code 78 (EX_CONFIG of sysexits.h).
 */
export function loadConfig(app: AppNeeds): Config {
  if (existsSync('.env')) loadEnvFile('.env');
  try {
    const config = parseConfig(process.env, app);
    if (config.databaseUrl === `sqlite:${join(config.dataDir, 'dunlin.sqlite')}` && !config.kafkaBrokers.length)
      prepareDataDir(config.dataDir);
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(CONFIG_EXIT);
  }
}

function prepareDataDir(folder: string): void {
  try {
    makeWritableFolder(folder);
  } catch (error) {
    throw unusable('dataDir', error);
  }
}
