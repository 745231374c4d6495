import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import { OPEN_ROUTE } from '@dunlin/platform';

/** A route that needs no token. */
export const Open = (): CustomDecorator => SetMetadata(OPEN_ROUTE, true);
