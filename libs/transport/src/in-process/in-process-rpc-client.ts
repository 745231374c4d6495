import { Injectable } from '@nestjs/common';
import { DunlinError, RpcClient, type CallContext, type Rpc, type RpcRequest } from '@dunlin/contracts';
import { handleRequest } from '../dispatch.js';
import { withDeadline } from '../deadline.js';
import { requestOf } from '../request.js';
import { asPlainData } from './plain-data.js';
import type { Hub } from './hub.js';

/** Calls handlers of the same process, under the same rules as over Kafka. */
@Injectable()
export class InProcessRpcClient extends RpcClient {
  constructor(private readonly hub: Hub) {
    super();
  }

  async call<Data, Result>(rpc: Rpc<Data, Result>, data: Data, context: CallContext = {}): Promise<Result> {
    const handler = this.hub.requestHandler(rpc.pattern);
    if (!handler) throw new DunlinError('unavailable', { message: 'Nobody answers this here' });
    const request: RpcRequest<Data> = requestOf(asPlainData(data), context);
    const answer = handleRequest(handler, rpc.pattern, request);
    return asPlainData((await withDeadline(answer, request.deadline)) as Result);
  }
}
