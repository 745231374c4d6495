import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from '@dunlin/contracts';

export interface AuthedHttpRequest {
  headers: Record<string, string | string[] | undefined>;
  caller?: Caller;
}

/** Who asks, as the {@link AuthGuard} found out. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller =>
    context.switchToHttp().getRequest<AuthedHttpRequest>().caller as Caller,
);
