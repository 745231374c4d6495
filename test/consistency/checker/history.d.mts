/** One line of a history. Times are milliseconds of one monotonic clock. */
export interface Operation {
  op:
    | 'send'
    | 'push'
    | 'sync'
    | 'history'
    | 'read'
    | 'join'
    | 'leave'
    | 'kick'
    | 'unfriend'
    | 'befriend'
    | 'connect'
    | 'disconnect'
    | 'table'
    | 'fault';
  device?: string;
  /** Who acts. */
  user?: string;
  /** Who is kicked, unfriended, befriended. */
  subject?: string;
  conversation?: string;
  /** Counts a device's connections. A send over HTTP has none. */
  connection?: number;
  invoke?: number;
  complete?: number;
  /** Of what has no beginning and end: push, connect, disconnect, fault. */
  at?: number;
  /** `info`: nobody knows. A time-out is that, never `fail`. */
  outcome?: 'ok' | 'fail' | 'info';
  code?: string;
  /** Of the last reads of a run: from one's own cursor, or by a device that knew nothing, in either direction. */
  final?: 'cursor' | 'forward' | 'backward';

  // send
  clientMsgId?: string;
  /** Names the body: the same in every attempt, unlike every other body's; it travels inside of the text. */
  ref?: string;
  hash?: string;
  messageId?: string;
  seq?: number;
  duplicate?: boolean;

  // push, history, table
  items?: Item[];
  after?: number;
  before?: number;
  limit?: number;
  hasMore?: boolean;
  lastSeq?: number;

  // sync
  cursors?: Record<string, number>;
  heads?: { conversation: string; lastSeq: number; readSeq: number; unread: number }[];
  more?: boolean;

  // read
  readSeq?: number;
  unread?: number;

  // fault
  name?: string;
  phase?: 'begin' | 'end';
}

/** A message as it was seen. */
export interface Item {
  conversation: string;
  seq: number;
  id: string;
  sender: string;
  type: string;
  /** As found in the text. */
  ref?: string;
  hash?: string;
  clientMsgId?: string;
  /** Of system messages, with the person whom it concerns. */
  event?: string;
  subject?: string;
}

export interface Anomaly {
  name: string;
  conversation?: string;
  seq?: number;
  ref?: string;
  user?: string;
  detail: string;
}

export interface Verdict {
  valid: boolean;
  counts: Record<string, number>;
  anomalies: Anomaly[];
  sends: { asked: number; acked: number; refused: number; unknown: number; repeated: number };
  /** Sends with an unknown outcome that turned out to be stored. */
  recovered: number;
  unseen: { expected: number; unseen: number; p50: number; p99: number; p999: number; max: number };
}
