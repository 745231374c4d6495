import { Controller } from '@nestjs/common';
import { groupRpc, type JoinRequestRecord, type Page, type RequestOf } from '@dunlin/contracts';
import { RpcHandler } from '@dunlin/transport';
import { JoinRequestsService } from './join-requests.service.js';

@Controller()
export class JoinRequestHandlers {
  constructor(private readonly requests: JoinRequestsService) {}

  @RpcHandler(groupRpc.listJoinRequests)
  list(request: RequestOf<typeof groupRpc.listJoinRequests>): Promise<Page<JoinRequestRecord>> {
    return this.requests.list(request);
  }

  @RpcHandler(groupRpc.approveJoin)
  approve(request: RequestOf<typeof groupRpc.approveJoin>): Promise<null> {
    return this.requests.approve(request);
  }

  @RpcHandler(groupRpc.rejectJoin)
  reject(request: RequestOf<typeof groupRpc.rejectJoin>): Promise<null> {
    return this.requests.reject(request);
  }
}
