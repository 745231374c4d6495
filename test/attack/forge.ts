import { createHmac, createSign, type KeyObject } from 'node:crypto';
import { Device } from '../support/device.js';
import { expectNoConnection, expectProblem } from '../support/expectations.js';
import { Visitor, type Person } from '../support/person.js';
import { sharedServer } from '../support/server.js';

type Json = Record<string, unknown>;

const part = (value: Json | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** The claims of a good token. */
export const claimsOf = (token: string): Json =>
  JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as Json;

/** Header and claims without a signature. */
export const unsigned = (header: Json, claims: Json | string): string => `${part(header)}.${part(claims)}`;

const HASHES: Record<string, string> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** @param secret default: the server's own, as if the attacker had it: what must then be refused is refused for its claims */
export function hmac(header: Json, claims: Json | string, secret: string | Buffer = serverSecret()): string {
  const input = unsigned(header, claims);
  const hash = HASHES[header['alg'] as string] ?? 'sha256';
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

export function rsa(header: Json, claims: Json, key: KeyObject): string {
  const input = unsigned(header, claims);
  return `${input}.${createSign('sha256').update(input).sign(key, 'base64url')}`;
}

export const serverSecret = (): string => sharedServer().jwtSecret;

/** A token of this person, signed rightly, whose claims the test changes; undefined takes one away. */
export const resigned = (who: Person, changes: Json, header: Json = { alg: 'HS256', typ: 'JWT' }): string =>
  hmac(header, { ...claimsOf(who.token), ...changes });

/** Opens nothing, neither over HTTP nor on a socket. */
export async function expectNoEntry(
  token: string,
  code: 'unauthenticated' | 'token_expired' = 'unauthenticated',
): Promise<void> {
  expectProblem(await new Visitor().http('GET', '/users/me', undefined, { token }), code);
  await expectNoConnection(Device.connect(new Visitor().base, token), code);
}
