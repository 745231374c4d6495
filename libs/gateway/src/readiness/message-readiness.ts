import { Injectable, type OnModuleInit } from '@nestjs/common';
import { messageRpc, RpcClient } from '@dunlin/contracts';
import { Clock, Config, Health } from '@dunlin/platform';

const PING_MS = 1500;
/** So long an answer holds, so that many who ask for the gateway's health are one question for the service. */
const KEPT_MS = 1000;

/** In the split a gateway is ready while the message service answers, and the database behind it. */
@Injectable()
export class MessageReadiness implements OnModuleInit {
  private answer: Promise<void> | undefined;
  private freshUntil = 0;

  constructor(
    private readonly rpc: RpcClient,
    private readonly health: Health,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    // in one process the database is looked at already
    if (this.config.kafkaBrokers.length > 0) this.health.register('messages', () => this.check());
  }

  private check(): Promise<void> {
    const now = this.clock.now();
    if (this.answer === undefined || now >= this.freshUntil) {
      // until it is answered it is everybody's
      this.freshUntil = Infinity;
      this.answer = this.ping().finally(() => (this.freshUntil = this.clock.now() + KEPT_MS));
    }
    return this.answer;
  }

  private async ping(): Promise<void> {
    await this.rpc.call(messageRpc.ping, {}, { timeoutMs: PING_MS });
  }
}
