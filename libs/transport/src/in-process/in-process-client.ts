import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import {
  DunlinError,
  type DomainEvent,
  type EventEnvelope,
  type Rpc,
  type RpcRequest,
  type Settle,
} from '@dunlin/contracts';
import type { Clock } from '@dunlin/platform';
import { settledBy, withDeadline } from '../deadline.js';
import { deliver, type Patience } from '../deliver.js';
import { handleRequest } from '../dispatch.js';
import type { Handlers } from '../handlers.js';
import { KeyedLanes } from '../keyed-lanes.js';
import type { Wire } from '../rpc-client.js';
import { TurnBatches } from '../turn-batches.js';
import { freezePlain } from './plain-data.js';

const ATTEMPTS = 4;
/** The publisher waits, so what does not pass soon is its business again. */
const PATIENCE: Patience = { attempts: ATTEMPTS, whileTransient: (failures) => failures < ATTEMPTS };

/** Calls the handlers of the same process, under the same rules as over Kafka. */
export class InProcessClient extends ClientProxy implements Wire {
  private readonly lanes = new KeyedLanes();
  private readonly batches: TurnBatches;

  /** @param checks freezes and checks what passes; for everywhere but production */
  constructor(
    private readonly handlers: Handlers,
    private readonly clock: Clock,
    private readonly checks: boolean,
  ) {
    super();
    this.batches = new TurnBatches(clock);
  }

  request<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, timeoutMs: number): Promise<unknown> {
    if (this.checks) return this.checkedRequest(rpc, request, timeoutMs);
    return withDeadline(this.answer(rpc.pattern, request), timeoutMs);
  }

  submit<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, timeoutMs: number, settle: Settle<unknown>): void {
    const handler = this.handlers.request(rpc.pattern);
    const heard = settledBy(settle, timeoutMs);
    if (handler?.batched) this.batches.add(handler, this.plain(request), this.plainly(heard));
    else
      this.answer(rpc.pattern, this.plain(request)).then(
        (result) => heard(undefined, this.plain(result)),
        (error: unknown) => heard(DunlinError.from(error)),
      );
  }

  private async checkedRequest<Data>(
    rpc: Rpc<Data, unknown>,
    request: RpcRequest<Data>,
    timeoutMs: number,
  ): Promise<unknown> {
    return freezePlain(await withDeadline(this.answer(rpc.pattern, freezePlain(request)), timeoutMs));
  }

  /**
   * Resolves when all handlers have had their effect, but for those that fail for no reason that would pass: they are
   * given up on and logged, as a record goes to the dead letters over Kafka.
   * @throws DunlinError `unavailable` when one could not do its work for now; the others have run
   */
  async announce<T>(event: DomainEvent<T>, envelope: EventEnvelope<T>): Promise<void> {
    const handlers = this.handlers.events(event.pattern);
    if (handlers.length === 0) return;
    const told = this.plain(envelope);
    try {
      await this.lanes.run(`${event.topic}|${event.key(told.data)}`, () => deliver(handlers, told, PATIENCE));
    } catch (error) {
      if (DunlinError.from(error).transient) throw new DunlinError('unavailable', { cause: error });
    }
  }

  async connect(): Promise<void> {
    // there is nothing to connect to
  }

  close(): void {
    // nothing is open
  }

  override unwrap<T>(): T {
    return this.handlers as T;
  }

  /** Nest's `send`. */
  protected override publish(packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    void this.answer(packet.pattern as string, this.plain(packet.data as RpcRequest<unknown>)).then(
      (response) => callback({ response, isDisposed: true }),
      (error: unknown) => callback({ err: DunlinError.from(error), isDisposed: true }),
    );
    return () => undefined;
  }

  /** Nest's `emit`. */
  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const handlers = this.handlers.events(packet.pattern as string);
    await deliver(handlers, this.plain(packet.data as EventEnvelope<unknown>), PATIENCE);
    return undefined as T;
  }

  private answer(pattern: string, request: RpcRequest<unknown>): Promise<unknown> {
    const handler = this.handlers.request(pattern);
    if (!handler) return Promise.reject(new DunlinError('unavailable', { message: `Nobody answers ${pattern} here` }));
    if (!handler.batched) return handleRequest(handler, request, this.clock);
    return new Promise((resolve, reject) => {
      this.batches.add(handler, request, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }

  private plainly(settle: Settle<unknown>): Settle<unknown> {
    return this.checks ? (error, result) => settle(error, freezePlain(result)) : settle;
  }

  private plain<T>(value: T): T {
    return this.checks ? freezePlain(value) : value;
  }
}
