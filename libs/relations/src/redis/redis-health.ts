import { Inject, Injectable } from '@nestjs/common';
import { Gauge, register } from 'prom-client';
import { RedisLink } from './redis-link.js';

const GAUGE = 'dunlin_redis_up';

/**
 * What an operator wants to know about Redis. It is no readiness check: without Redis the chat is slower, and a
 * process taken out of service for it would be gone altogether.
 */
@Injectable()
export class RedisHealth {
  constructor(@Inject(RedisLink) private readonly link: RedisLink | null) {
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

  /** `off` without REDIS_URL. */
  state(): 'up' | 'down' | 'off' {
    if (this.link === null) return 'off';
    return this.link.up ? 'up' : 'down';
  }
}
