import { ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { DunlinError, invalid, type FieldError } from '@dunlin/contracts';
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

const failure = (errors: readonly ValidationError[]): DunlinError =>
  new DunlinError('validation_failed', { errors: flatten(errors) });

/** No payload of the contract goes deeper; what does is meant to exhaust the stack of whoever walks it. */
const MAX_DEPTH = 8;
/**
 * No DTO has as many. class-transformer and class-validator take time with the square of the fields: a frame full of
 * them would hold up everybody for seconds.
 */
const MAX_FIELDS = 50;

/**
 * class-transformer neither bounds its recursion nor minds names that every object has: it steps over some of them in
 * silence and trips over others.
 * @throws DunlinError `validation_failed`
 */
function assertPlain(value: unknown, maxFields: number, path = '', depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw invalid(path, 'is nested too deep');
  if (Buffer.isBuffer(value)) throw invalid(path, 'must not be binary');
  if (!Array.isArray(value)) assertFew(value, maxFields, path);
  for (const [key, inner] of Object.entries(value)) {
    const name = path === '' ? key : `${path}.${key}`;
    if (key in Object.prototype || key === 'prototype') throw invalid(name, 'is not known');
    assertPlain(inner, maxFields, name, depth + 1);
  }
}

function assertObject(value: unknown): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('', 'must be an object');
}

function assertFew(value: object, maxFields: number, path: string): void {
  if (Object.keys(value).length > maxFields) throw invalid(path, `must not have more than ${maxFields} fields`);
}

class DtoPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // one that is missing lacks fields
    if (metadata.type === 'body' && value !== undefined) assertObject(value);
    if (metadata.type === 'body' || metadata.type === 'query') assertPlain(value, MAX_FIELDS);
    return super.transform(value, metadata);
  }
}

/** The rules of HTTP bodies and queries. */
export const createValidationPipe = (): ValidationPipe =>
  new DtoPipe({ ...RULES, transform: true, exceptionFactory: failure });

/**
 * The same rules for what comes over a socket. These payloads are flat, so nothing has to be made of what is in them;
 * what maps ids to values may have as many as its own rule lets it.
 * @throws DunlinError `validation_failed`
 */
export function validated<T extends object>(type: new () => T, input: unknown): T {
  assertObject(input);
  assertFew(input, MAX_FIELDS, '');
  assertPlain(input, Infinity);
  const value = Object.assign(new type(), input);
  const errors = validateSync(value, RULES);
  if (errors.length > 0) throw failure(errors);
  return value;
}
