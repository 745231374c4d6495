import { Module } from '@nestjs/common';
import { RateLimits } from './rate-limits.js';

/** One set of counts for the whole gateway. */
@Module({ providers: [RateLimits], exports: [RateLimits] })
export class LimitsModule {}
