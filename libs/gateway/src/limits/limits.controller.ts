import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ServerLimitsDto, type ServerLimits } from '@dunlin/contracts';
import { Config } from '@dunlin/platform';

@ApiTags('limits')
@ApiBearerAuth()
@Controller('limits')
export class LimitsController {
  constructor(private readonly config: Config) {}

  /** What this server was set to, where it is not the same everywhere. */
  @Get()
  @ApiOkResponse({ type: ServerLimitsDto })
  limits(): ServerLimits {
    return { mediaBytes: this.config.mediaMaxBytes };
  }
}
