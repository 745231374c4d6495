import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiResponse, type ApiResponseOptions } from '@nestjs/swagger';

/** In the API's description: bytes of these types, whole or in part, or none when the client has them. */
export function ApiBytes(...types: string[]): MethodDecorator {
  const content = Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  const answer = (status: number, description: string, rest: object = {}): MethodDecorator =>
    ApiResponse({ status, description, ...rest } as ApiResponseOptions);
  return applyDecorators(
    ApiHeader({ name: 'range', required: false, description: 'One range of bytes' }),
    ApiHeader({ name: 'if-none-match', required: false }),
    answer(200, 'All of them', { content }),
    answer(206, 'The range that was asked for', { content }),
    answer(304, 'The client has them: `if-none-match` names their `etag`'),
    answer(416, 'The range lies behind the end', { content: problem }),
  );
}
