import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { DunlinError, invalid, type FieldError } from '@dunlin/contracts';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError, type ValidatorOptions } from 'class-validator';

const RULES: ValidatorOptions = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
};

/** How a rule for every element of a list names the one that failed; see IsId. */
const ELEMENT = /^\[(\d+)\] (.*)$/s;

function named(path: string, rule: string, message: string): FieldError {
  if (rule === 'whitelistValidation') return { path, message: 'is not known' };
  const [, index, rest] = ELEMENT.exec(message) ?? [];
  return index === undefined || rest === undefined ? { path, message } : { path: `${path}.${index}`, message: rest };
}

/** Every failed field as its path (`content.text`, `memberIds.3`) and what is expected; never its value. */
function flatten(errors: readonly ValidationError[], parent = ''): FieldError[] {
  return errors.flatMap((error) => {
    const path = parent === '' ? error.property : `${parent}.${error.property}`;
    const own = Object.entries(error.constraints ?? {}).slice(0, 1);
    return [...own.map(([rule, message]) => named(path, rule, message)), ...flatten(error.children ?? [], path)];
  });
}

/** A body of ten thousand unknown fields, or of one whose name is a book, gets no answer of its own size. */
const MAX_ERRORS = 50;
const MAX_PATH = 200;

const bounded = (path: string): string => (path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path);

const failure = (errors: readonly ValidationError[]): DunlinError =>
  new DunlinError('validation_failed', {
    errors: flatten(errors)
      .slice(0, MAX_ERRORS)
      .map(({ path, message }) => ({ path: bounded(path), message })),
  });

/** No payload of the contract goes deeper; what does is meant to exhaust the stack of whoever walks it. */
const MAX_DEPTH = 8;

/**
 * class-transformer neither bounds its recursion nor minds names that every object has: it steps over some of them in
 * silence and trips over others.
 * @throws DunlinError `validation_failed`
 */
function assertPlain(value: unknown, path = '', depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalid(bounded(path), 'is nested too deep');
  if (Buffer.isBuffer(value)) throw invalid(bounded(path), 'must not be binary');
  for (const [key, inner] of Object.entries(value)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (key in Object.prototype || key === 'prototype') throw invalid(bounded(name), 'is not known');
    assertPlain(inner, name, depth + 1);
  }
}

class DtoPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' || metadata.type === 'query') assertPlain(value);
    return super.transform(value, metadata);
  }
}

/** The rules of HTTP bodies and queries. */
export const createValidationPipe = (): ValidationPipe =>
  new DtoPipe({ ...RULES, transform: true, exceptionFactory: failure });

/**
 * The same rules for what comes over a socket.
 * @throws DunlinError `validation_failed`
 */
export function validated<T extends object>(type: new () => T, input: unknown): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw invalid('', 'must be an object');
  assertPlain(input);
  const value = plainToInstance(type, input);
  const errors = validateSync(value, RULES);
  if (errors.length > 0) throw failure(errors);
  return value;
}
