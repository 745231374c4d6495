import { Inject, Injectable } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { RedisLink } from './redis-link.js';

const GAUGE = 'dunlin_redis_up';

/**
 * Tells an operator, at `/metrics`, whether Redis answers. It is no readiness check: without Redis the chat is slower, and a
 * process taken out of service for it would be gone altogether.
 */
@Injectable()
export class RedisHealth {
  constructor(@Inject(RedisLink) link: RedisLink | null) {
    if (link === null) return;
    register.removeSingleMetric(GAUGE);
    new Gauge({
      name: GAUGE,
      help: '1 while Redis answers, 0 while this process goes on without it',
      collect() {
        this.set(link.up ? 1 : 0);
      },
    });
  }
}
