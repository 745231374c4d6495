import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** The mark of {@link Open}, which the gateway's guard looks for. */
export const OPEN_ROUTE = 'dunlin:open';

/** A route that needs no token. */
export const Open = (): CustomDecorator => SetMetadata(OPEN_ROUTE, true);
