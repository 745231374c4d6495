import { v7 } from 'uuid';

/** A new opaque id: a UUIDv7 (RFC 9562) without dashes, so that ids made later sort later. */
export const newId = <T extends string = string>(): T => v7().replaceAll('-', '') as T;
