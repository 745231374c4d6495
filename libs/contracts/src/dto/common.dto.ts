import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  registerDecorator,
  ValidateIf,
  type ValidationOptions,
} from 'class-validator';
import { LIMITS } from '../wire/index.js';

// A lone half of a surrogate pair, or NUL: no valid Unicode text holds them, and databases refuse or cut them.
const NOT_TEXT = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|\u0000/;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
// What leaves a mark. U+2800 is a pattern of Braille without a dot.
const VISIBLE = /[^\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Length in Unicode code points, which is what people count as characters. */
const codePoints = (text: string): number => {
  let count = text.length;
  for (let i = 0; i < text.length - 1; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      count--;
      i++;
    }
  }
  return count;
};

export const isText = (value: unknown, min: number, max: number): value is string => {
  if (typeof value !== 'string' || value.length < min || value.length > max * 2) return false;
  const length = codePoints(value);
  return length >= min && length <= max && !NOT_TEXT.test(value);
};

/** A name that people read: something of it can be seen, no control characters. */
export const isName = (value: unknown, min: number, max: number): value is string =>
  isText(value, min, max) && VISIBLE.test(value) && !CONTROL.test(value);

/** A decorator for one rule of our own. @param message completes the sentence that begins with the field's name */
export const checkedBy =
  (name: string, check: (value: unknown) => boolean, message: string) =>
  (options?: ValidationOptions): PropertyDecorator =>
  (target, propertyName) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: propertyName as string,
      options: { message, ...options },
      validator: { validate: check },
    });

/** Valid Unicode without NUL, `min` to `max` code points, which is what JSON Schema counts as well. */
export const IsText = (min: number, max: number, options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    checkedBy('isText', (value) => isText(value, min, max), `must be text of ${min} to ${max} characters`)(options),
    ApiProperty({ minLength: min, maxLength: max }),
  ) as PropertyDecorator;

/** {@link IsText}, neither invisible as a whole nor with control characters. */
export const IsName = (min: number, max: number, options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    checkedBy(
      'isName',
      (value) => isName(value, min, max),
      `must be ${min} to ${max} characters, not all of them invisible, without control characters`,
    )(options),
    ApiProperty({ minLength: min, maxLength: max }),
  ) as PropertyDecorator;

const ID_PATTERN = /^[A-Za-z0-9._-]{1,64}$/;
const ID_SCHEMA = { type: 'string', pattern: ID_PATTERN.source };
export const isId = (value: unknown): value is string => typeof value === 'string' && ID_PATTERN.test(value);

/** Names the first element that is wrong, as `[3] must be an id`; the validation pipe makes `memberIds.3` of it. */
const idMessage = ({ value }: { value?: unknown }): string => {
  const index = Array.isArray(value) ? value.findIndex((element) => !isId(element)) : -1;
  return index < 0 ? 'must be an id' : `[${index}] must be an id`;
};

/** An opaque id of at most 64 characters. */
export const IsId = (options?: ValidationOptions): PropertyDecorator =>
  applyDecorators(
    IsString({ message: idMessage, ...options }),
    Matches(ID_PATTERN, { message: idMessage, ...options }),
    ApiProperty(options?.each === true ? { type: 'array', items: ID_SCHEMA } : { pattern: ID_PATTERN.source }),
  ) as PropertyDecorator;

/** The field may be missing. Unlike with class-validator's IsOptional, null is not the same as missing. */
export const MayBeMissing = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);

/** A query parameter that holds a whole number, with no leading zero; anything else stays as it is, refused by IsInt. */
export const QueryInteger = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^(0|-?[1-9]\d{0,15})$/.test(value) ? Number(value) : value,
  );

/** A cursor of the directory holds a name of 128 characters, of four bytes each at most, and an id, all of it in base64. */
const MAX_CURSOR = 1024;

export class PageQueryDto {
  /** 1–100. */
  @ApiPropertyOptional({ minimum: 1, maximum: LIMITS.page.max, default: LIMITS.page.default })
  @MayBeMissing()
  @QueryInteger()
  @IsInt({ message: 'must be a whole number' })
  @Min(1)
  @Max(LIMITS.page.max)
  limit: number = LIMITS.page.default;

  /** `nextCursor` of the page before. */
  @MayBeMissing()
  @IsString()
  @MaxLength(MAX_CURSOR)
  cursor?: string;
}

export class SearchQueryDto extends PageQueryDto {
  /** The start of a name; case is ignored and there are no wildcards. */
  @IsText(LIMITS.query.min, LIMITS.query.max)
  q: string;
}
