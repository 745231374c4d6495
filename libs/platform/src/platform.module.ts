import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from './clock.js';
import { Config } from './config/config.js';
import { HealthModule } from './health/health.js';

/** Gives every module the settings, the clock and the health registry. */
@Module({})
export class PlatformModule {
  static forRoot(config: Config): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [HealthModule],
      providers: [{ provide: Config, useValue: config }, Clock],
      exports: [Config, Clock, HealthModule],
    };
  }
}
