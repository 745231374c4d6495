import type { Browser } from 'playwright-core';
import type { Talk } from './write.mjs';

interface Scrolled {
  frames: number;
  /** Different messages that were drawn. */
  messages: number;
  framesPerSecond: number;
  frameMs: { p50: number; p95: number; p99: number; max: number };
  /** For each frame. */
  mainThreadMs: number;
  scriptMs: number;
  layoutMs: number;
}
interface Opened {
  clickMs: number;
  /** From the moment the page has the messages; null when it had them already. */
  dataMs: number | null;
}
interface Memory {
  heapMB: number;
  tabMB: number;
  nodes: number;
}
export interface Found {
  firstPaintMs: number;
  open: { first: Opened; again: Opened };
  plain: Scrolled;
  up: Scrolled;
  down: Scrolled;
  memory: { before: Memory; after: Memory };
  rows: number;
  complaints: string[];
}

export declare function measureThread(
  browser: Browser,
  base: string,
  talk: Talk,
  options: { scrollMs: number },
): Promise<Found>;
export declare function firstLoadKB(browser: Browser, base: string): Promise<number>;
