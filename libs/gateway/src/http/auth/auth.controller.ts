import { Body, Controller, Delete, Get, HttpCode, Ip, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import {
  AuthResultDto,
  ChangePasswordDto,
  LoginDto,
  PageQueryDto,
  RefreshDto,
  RegisterDto,
  RpcClient,
  SessionPageDto,
  TokenPairDto,
  userRpc,
  type AuthResult,
  type Caller,
  type Page,
  type Session,
  type SessionId,
  type TokenPair,
} from '@dunlin/contracts';
import { Open } from '@dunlin/platform';
import { RateLimits } from '../../limits/rate-limits.js';
import { IdParam } from '../id-param.js';
import { CurrentCaller } from './current-caller.decorator.js';

/** Hashing passwords takes its turn when many sign in at once. */
const SIGN_IN = { timeoutMs: 15_000 };
/** The current password, and the new one, which may be the password already. */
const PASSWORDS_TRIED = 2;

@ApiTags('auth')
@Controller('auth')
export class AuthController {
  constructor(
    private readonly rpc: RpcClient,
    private readonly limits: RateLimits,
  ) {}

  @Open()
  @Post('register')
  @ApiCreatedResponse({ type: AuthResultDto })
  async register(@Body() body: RegisterDto, @Ip() ip: string): Promise<AuthResult> {
    await this.limits.registration.take(ip);
    return this.rpc.call(userRpc.register, { ...body }, SIGN_IN);
  }

  @Open()
  @Post('login')
  @HttpCode(200)
  @ApiOkResponse({ type: AuthResultDto })
  login(@Body() body: LoginDto, @Ip() ip: string): Promise<AuthResult> {
    return this.limits.login.guard(ip, body.username, () => this.rpc.call(userRpc.login, { ...body }, SIGN_IN));
  }

  /** Gives a new pair for a refresh token, which works once; asked again with the same `refreshId`, the same one. */
  @Open()
  @Post('refresh')
  @HttpCode(200)
  @ApiOkResponse({ type: TokenPairDto })
  async refresh(@Body() body: RefreshDto, @Ip() ip: string): Promise<TokenPair> {
    await this.limits.refresh.take(ip);
    return this.rpc.call(userRpc.refresh, { ...body });
  }

  /** Ends this session: its tokens and its sockets. */
  @Post('logout')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiNoContentResponse()
  async logout(@CurrentCaller() caller: Caller): Promise<void> {
    await this.rpc.call(userRpc.logout, {}, { caller });
  }

  /** Every other session ends. Asked again after a lost answer it is no failure when `newPassword` is the password by then. */
  @Post('password')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiNoContentResponse()
  async changePassword(
    @CurrentCaller() caller: Caller,
    @Body() body: ChangePasswordDto,
    @Ip() ip: string,
  ): Promise<void> {
    await this.limits.login.guard(
      ip,
      caller.userId,
      () => this.rpc.call(userRpc.changePassword, { ...body }, { ...SIGN_IN, caller }),
      PASSWORDS_TRIED,
    );
  }

  /** The caller's sessions, the one used last first. */
  @Get('sessions')
  @ApiBearerAuth()
  @ApiOkResponse({ type: SessionPageDto })
  sessions(@CurrentCaller() caller: Caller, @Query() query: PageQueryDto): Promise<Page<Session>> {
    return this.rpc.call(userRpc.listSessions, { ...query }, { caller });
  }

  /** Signs one device out. */
  @Delete('sessions/:id')
  @HttpCode(204)
  @ApiBearerAuth()
  @ApiNoContentResponse()
  async revoke(@CurrentCaller() caller: Caller, @Param('id', IdParam) id: SessionId): Promise<void> {
    await this.rpc.call(userRpc.revokeSession, { sessionId: id }, { caller });
  }
}
