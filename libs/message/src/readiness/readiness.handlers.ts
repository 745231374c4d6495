import { Controller } from '@nestjs/common';
import { messageRpc } from '@dunlin/contracts';
import { Database } from '@dunlin/storage';
import { RpcHandler } from '@dunlin/transport';

@Controller()
export class ReadinessHandlers {
  constructor(private readonly db: Database) {}

  @RpcHandler(messageRpc.ping)
  async ping(): Promise<null> {
    await this.db.ping();
    return null;
  }
}
