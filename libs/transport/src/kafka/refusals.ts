import type { DunlinError } from '@dunlin/contracts';
import type { Clock } from '@dunlin/platform';
import type { Return } from './record.js';

/** Longer than a producer tries to send a record again. */
const KEPT_MS = 10_000;
const KEPT_MAX = 10_000;

/**
 * What was refused lately. A producer that did not hear that the broker has a record sends it again, and it is there twice:
 * what was refused must not be granted when it comes for the second time.
 */
export class Refusals {
  private young = new Map<string, DunlinError>();
  private old = new Map<string, DunlinError>();
  private turnAt = 0;

  constructor(private readonly clock: Clock) {}

  add(request: Return, error: DunlinError): void {
    const now = this.clock.now();
    if (now >= this.turnAt || this.young.size >= KEPT_MAX) {
      this.old = this.young;
      this.young = new Map();
      this.turnAt = now + KEPT_MS;
    }
    this.young.set(keyOf(request), error);
  }

  of(request: Return): DunlinError | undefined {
    if (this.young.size + this.old.size === 0) return undefined;
    const key = keyOf(request);
    return this.young.get(key) ?? this.old.get(key);
  }
}

const keyOf = ({ topic, correlationId }: Return): string => `${topic} ${correlationId}`;
