import type { ChildProcess } from 'node:child_process';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface App {
  readonly name: string;
  readonly pid: number | undefined;
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  /** SIGKILL unless said otherwise; false when it has ended already. */
  kill(signal?: NodeJS.Signals): boolean;
  /** SIGTERM, and SIGKILL when it has not ended in time (8 s unless said otherwise). */
  stop(timeoutMs?: number): Promise<Exit>;
}

export interface AppOptions {
  /** Stands before its log lines. */
  name: string;
  /** The file to run. */
  entry: string;
  args?: string[];
  /** Node's own options. */
  nodeArgs?: string[];
  /** Added to this process's own; an undefined value takes a variable away. */
  env?: Record<string, string | undefined>;
  /** Takes its output line by line instead of the console. */
  log?: (line: string) => void;
  /** The Node to run it: `DUNLIN_NODE`, else this one. */
  node?: string;
}

export declare function spawnApp(options: AppOptions): App;
export declare function waitForHttp(
  url: string,
  options?: { timeoutMs?: number; signal?: AbortSignal; app?: App },
): Promise<void>;
export declare function keepRunning(
  app: App,
  start: () => App,
  options: { signal: AbortSignal; log: (line: string) => void },
): Promise<void>;
export declare function stopAll(apps: App[], timeoutMs?: number): Promise<Exit[]>;
