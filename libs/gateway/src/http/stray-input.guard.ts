import { Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { invalid } from '@dunlin/contracts';
import { API_PATH } from './api-prefix.js';

interface Request {
  url: string;
  query: object;
  body?: unknown;
}

type Handler = (...args: never[]) => unknown;

/**
 * A route that takes no query, or no body, refuses the fields of one. Those that take one refuse unknown fields by their
 * DTO; without a DTO there is no pipe that could.
 */
@Injectable()
export class StrayInputGuard implements CanActivate {
  private readonly taken = new WeakMap<Handler, ReadonlySet<RouteParamtypes>>();

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const { url, query, body } = context.switchToHttp().getRequest<Request>();
    if (!url.startsWith(API_PATH)) return true;
    const takes = this.takenBy(context.getClass(), context.getHandler() as Handler);
    if (!takes.has(RouteParamtypes.QUERY)) refuseFields(query);
    // what takes the request itself reads the body, and judges it
    if (!takes.has(RouteParamtypes.BODY) && !takes.has(RouteParamtypes.REQUEST)) refuseFields(body);
    return true;
  }

  private takenBy(type: Type, handler: Handler): ReadonlySet<RouteParamtypes> {
    const known = this.taken.get(handler);
    if (known) return known;
    const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, type, handler.name) ?? {}) as object;
    // keys are `<kind>:<index of the argument>`; those of custom decorators have a name for the kind
    const taken = new Set(Object.keys(args).map((key) => Number(key.split(':', 1)[0]) as RouteParamtypes));
    this.taken.set(handler, taken);
    return taken;
  }
}

function refuseFields(input: unknown): void {
  if (typeof input !== 'object' || input === null) return;
  const [field] = Object.keys(input);
  if (field !== undefined) throw invalid(field, 'is not known');
}
