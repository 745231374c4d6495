import { Injectable, type PipeTransform } from '@nestjs/common';
import { DunlinError, isId } from '@dunlin/contracts';

/** An id in a path. What cannot be an id names nothing: `not_found`. */
@Injectable()
export class IdParam implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isId(value)) throw new DunlinError('not_found');
    return value;
  }
}
