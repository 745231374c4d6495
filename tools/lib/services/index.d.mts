import type { Exit } from '../processes.d.mts';

export type ServiceName = 'mysql' | 'mariadb' | 'redis' | 'kafka' | 's3';

export interface ServerProcess {
  readonly name: string;
  /** Of the running process, or of the last one. */
  readonly pid: number | undefined;
  /** Resolves when the present process has ended. */
  readonly exited: Promise<Exit>;
  /** SIGKILL unless said otherwise, also SIGSTOP and SIGCONT; false when it has ended already. */
  kill(signal?: NodeJS.Signals): boolean;
  /** Ends it if it still runs, starts it again on the same port and data, and waits until it answers. */
  restart(): Promise<void>;
  stop(timeoutMs?: number): Promise<void>;
}

export interface ServiceOptions extends Partial<Record<ServiceName, boolean>> {
  log?: (line: string) => void;
  /** Aborting it while they start stops what has been started and rejects. */
  signal?: AbortSignal;
}

export interface Services {
  /** `DATABASE_URL`, `MARIADB_URL`, `REDIS_URL`, `KAFKA_BROKERS`, `S3_URL`: those that were asked for. */
  env: Record<string, string>;
  processes: Record<ServiceName, ServerProcess>;
  /** Ends them and removes their data. */
  stop(): Promise<void>;
}

export declare function startServices(options?: ServiceOptions): Promise<Services>;
export declare function createDatabase(url: string, name: string): Promise<string>;
