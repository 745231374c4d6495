import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import {
  DunlinError,
  type DomainEvent,
  type EventEnvelope,
  type Rpc,
  type RpcRequest,
  type Settle,
} from '@dunlin/contracts';
import { KeyedLanes, type Clock } from '@dunlin/platform';
import { settledBy } from '../deadline.js';
import { deliver, type Patience } from '../deliver.js';
import { handleRequest } from '../dispatch.js';
import type { Handlers, RequestHandler } from '../handlers.js';
import type { TransportClient } from '../transport.js';
import { TurnBatches } from '../turn-batches.js';
import { freezePlain } from './plain-data.js';

const ATTEMPTS = 4;
/** The publisher waits, so what does not pass soon is its business again. */
const PATIENCE: Patience = { attempts: ATTEMPTS, whileTransient: (failures) => failures < ATTEMPTS };

/** Calls the handlers of the same process, under the same rules as over Kafka. */
export class InProcessClient extends ClientProxy implements TransportClient {
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

  submit<Data>(rpc: Rpc<Data, unknown>, request: RpcRequest<Data>, timeoutMs: number, settle: Settle<unknown>): void {
    const heard = settledBy(settle, timeoutMs);
    const handler = this.handlers.request(rpc.pattern);
    if (!handler) {
      heard(new DunlinError('unavailable', { message: `Nobody answers ${rpc.pattern} here` }));
      return;
    }
    try {
      this.begin(handler, this.plain(request), this.checks ? checked(heard) : heard);
    } catch (error) {
      heard(DunlinError.from(error));
    }
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
    const request = packet.data as RpcRequest<unknown>;
    const rpc = { pattern: packet.pattern } as Rpc;
    this.submit(rpc, request, request.deadline - this.clock.now(), (err, response) =>
      callback({ err, response, isDisposed: true }),
    );
    return () => undefined;
  }

  /** Nest's `emit`. */
  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const handlers = this.handlers.events(packet.pattern as string);
    await deliver(handlers, this.plain(packet.data as EventEnvelope<unknown>), PATIENCE);
    return undefined as T;
  }

  private begin(handler: RequestHandler, request: RpcRequest<unknown>, settle: Settle<unknown>): void {
    if (handler.batched) {
      this.batches.add(handler, request, settle);
      return;
    }
    this.batches.handOver(handler.topic);
    handleRequest(handler, request, this.clock).then(
      (result) => settle(undefined, result),
      (error: unknown) => settle(DunlinError.from(error)),
    );
  }

  private plain<T>(value: T): T {
    return this.checks ? freezePlain(value) : value;
  }
}

/** An answer that is not plain data is an error of its handler. */
const checked =
  (settle: Settle<unknown>): Settle<unknown> =>
  (error, result) => {
    try {
      settle(error, freezePlain(result));
    } catch (failure) {
      settle(DunlinError.from(failure));
    }
  };
