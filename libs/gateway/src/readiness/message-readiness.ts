import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DunlinError, messageRpc, RPC_TIMEOUT_MS, RpcClient } from '@dunlin/contracts';
import { Config, Health } from '@dunlin/platform';

/** So long who asks for the gateway's health waits for an answer, before it is judged by those that came before. */
const PATIENCE_MS = 1500;
/** So long an answer holds, so that many who ask for the gateway's health are one question for the service. */
const KEPT_MS = 1000;

/**
 * In the split a gateway is ready while the message service answers, and the database behind it. One that has much to do
 * answers late, and `busy` to what is too much: were its gateways not ready then, a load balancer would turn away
 * everybody, through all of them.
 */
@Injectable()
export class MessageReadiness implements OnModuleInit {
  private answer: Promise<void> | undefined;
  private freshUntil = 0;
  /** Since when the service has been asked without a sign of life; from the start, until the first. */
  private silentSince: number | undefined = -Infinity;

  constructor(
    private readonly rpc: RpcClient,
    private readonly health: Health,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    // in one process the database is looked at already
    if (this.config.kafkaBrokers.length > 0) this.health.register('messages', () => this.check());
  }

  private check(): Promise<void> {
    const now = performance.now();
    if (this.answer === undefined || now >= this.freshUntil) {
      // until it is answered it is everybody's
      this.freshUntil = Infinity;
      this.answer = this.ask(now).finally(() => (this.freshUntil = performance.now() + KEPT_MS));
    }
    return this.answer;
  }

  private async ask(now: number): Promise<void> {
    this.silentSince ??= now;
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    try {
      await Promise.race([this.ping(), impatience]);
    } finally {
      clearTimeout(timer);
    }
    // as long as a send waits: a service that takes longer answers no send either
    if (performance.now() - (this.silentSince ?? Infinity) >= RPC_TIMEOUT_MS) throw new DunlinError('timeout');
  }

  /** @throws DunlinError what makes a send fail as well */
  private async ping(): Promise<void> {
    try {
      await this.rpc.call(messageRpc.ping, {}, { timeoutMs: RPC_TIMEOUT_MS });
      this.silentSince = undefined;
    } catch (error) {
      const { code } = DunlinError.from(error);
      if (code === 'timeout') return;
      if (code !== 'busy') throw error;
      this.silentSince = undefined;
    }
  }
}
