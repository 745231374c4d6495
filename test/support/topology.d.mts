import type { Exit } from '../../tools/lib/processes.d.mts';

export interface TopologyOptions {
  /** Default: what `TOPOLOGY` says, else `monolith`. */
  topology?: 'monolith' | 'split';
  /** One process with nothing else, whatever the environment gives. */
  embedded?: boolean;
  /** Settings besides those that every test server has; an empty text is the server's own default. */
  env?: Record<string, string>;
  /** Node's own options for each app. */
  nodeArgs?: string[];
  /** Told when an app ends by itself and of every line that it logs as an error. */
  onTrouble?: (what: string) => void;
}

export interface Topology {
  readonly kind: 'monolith' | 'split';
  /** Logs, and the data of what is embedded; gone after `stop`. */
  readonly folder: string;
  readonly env: Record<string, string>;
  /** Where clients connect, as `http://127.0.0.1:port`: one, or two in the split. */
  readonly gateways: string[];
  /** The apps, for `kill`, `restart` and `log`. */
  readonly names: string[];
  /** Of the app's running process. */
  pid(name: string): number | undefined;
  /** SIGKILL unless said otherwise; resolves when the app has ended, at once for SIGSTOP and SIGCONT. */
  kill(name: string, signal?: NodeJS.Signals): Promise<Exit | undefined>;
  /** Ends it if it runs and starts it again on the same port and data; resolves when it is ready. */
  restart(name: string): Promise<void>;
  /** The last lines that an app has printed. */
  log(name: string): string;
  stop(): Promise<void>;
}

export declare function startTopology(options?: TopologyOptions): Promise<Topology>;
