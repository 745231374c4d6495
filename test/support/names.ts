import { randomBytes, randomUUID } from 'node:crypto';

/** A name that nobody else has, in this run or another against the same database. */
export const unique = (base: string): string => `${base}${randomBytes(6).toString('hex')}`;

export const newClientMsgId = (): string => randomUUID();

/** An id of the right shape that names nothing. */
export const nobody = (): string => randomBytes(16).toString('hex');
