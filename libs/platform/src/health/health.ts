import { Controller, Get, HttpCode, Injectable, Module, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { collectDefaultMetrics, register } from 'prom-client';
import { Config } from '../config/config.js';
import { Open } from '../open-route.js';

/** Throws when what it looks at would fail a request. */
export type Check = () => Promise<void> | void;

const CHECK_MS = 2000;

const withDeadline = async (check: Check): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), CHECK_MS);
  });
  try {
    await Promise.race([Promise.resolve(check()), deadline]);
  } finally {
    clearTimeout(timer);
  }
};

/** What has to work for a request to work. Parts register themselves. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, Check>();
  private readonly dispensable = new Set<string>();
  private started = false;
  private stopping = false;

  register(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  /** For what most requests do without: it is told of, and does not make the process unready. */
  registerDispensable(name: string, check: Check): void {
    this.register(name, check);
    this.dispensable.add(name);
  }

  /** Called when the process listens. */
  markStarted(): void {
    this.started = true;
  }

  /** Called when the process begins to end, so that a load balancer turns away first. */
  markStopping(): void {
    this.stopping = true;
  }

  /** Each part's state: `up`, or why not, without details that a stranger should not learn. */
  async report(): Promise<{ ready: boolean; checks: Record<string, 'up' | 'down'> }> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]): Promise<[string, 'up' | 'down']> => {
        try {
          await withDeadline(check);
          return [name, 'up'];
        } catch {
          return [name, 'down'];
        }
      }),
    );
    const works = results.every(([name, state]) => state === 'up' || this.dispensable.has(name));
    const ready = this.started && !this.stopping && works;
    return { ready, checks: Object.fromEntries(results) };
  }
}

interface Reply {
  status(code: number): this;
  header(name: string, value: string): this;
}

@ApiExcludeController()
@Open()
@Controller()
class HealthController {
  constructor(
    private readonly health: Health,
    private readonly config: Config,
  ) {}

  /** The process runs. */
  @Get('health/live')
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  /** 200 only when a send would work. */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<object> {
    const { ready, checks } = await this.health.report();
    reply.status(ready ? 200 : 503).header('cache-control', 'no-store');
    return { status: ready ? 'up' : 'down', checks };
  }

  /** Prometheus text format. */
  @Get('metrics')
  @HttpCode(200)
  async metrics(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    if (!this.config.metrics) {
      reply.status(404);
      return '';
    }
    reply.header('content-type', register.contentType);
    return register.metrics();
  }
}

/** `/health/live`, `/health/ready` and `/metrics`, outside of the API's prefix. */
@Module({ providers: [Health], exports: [Health], controllers: [HealthController] })
export class HealthModule {
  constructor() {
    if (!register.getSingleMetric('process_cpu_user_seconds_total')) collectDefaultMetrics();
  }
}
