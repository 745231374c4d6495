import { BlockList, isIP, isIPv4 } from 'node:net';

export type TrustProxy = false | number | string[];

/** What a Socket.IO handshake has of where it came from. */
export interface HandshakeOrigin {
  /** Of the other end of the connection. */
  address: string;
  headers: Record<string, string | string[] | undefined>;
}

const RANGES: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/**
 * The client's address as `req.ip` of Fastify has it for HTTP: the other end of the connection, or behind trusted
 * proxies the nearest address of X-Forwarded-For that is not one of them. A header from anyone else counts for nothing.
 * @param trustProxy the number of proxies in front, or their addresses and ranges
 */
export function clientAddress(handshake: HandshakeOrigin, trustProxy: TrustProxy): string {
  let address = plain(handshake.address);
  if (trustProxy === false) return address;
  const isTrusted = trust(trustProxy);
  const header = handshake.headers['x-forwarded-for'];
  const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((hop) => hop.trim());
  for (let hop = 0; isTrusted(address, hop); hop++) {
    const next = plain(hops.pop() ?? '');
    if (isIP(next) === 0) return address;
    address = next;
  }
  return address;
}

/** What an address counts by: an IPv6 address by its /64. */
export function addressKey(address: string): string {
  const bare = plain(address);
  if (isIP(bare) !== 6) return bare;
  const [head = '', tail] = (bare.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  // what `::` stands for, as far as the first four groups need it
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':');
    const hidden = 8 - groups.length - rest.length - (tail.includes('.') ? 1 : 0);
    groups.push(...Array<string>(Math.max(0, hidden)).fill('0'), ...rest);
  }
  return `${groups
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** `::ffff:192.0.2.1` is 192.0.2.1, as a socket that listens on both families reports it. */
const plain = (address: string): string => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
};

type Trust = (address: string, hop: number) => boolean;
const compiled = new WeakMap<string[], Trust>();

function trust(trustProxy: number | string[]): Trust {
  if (typeof trustProxy === 'number') return (_, hop) => hop < trustProxy;
  let known = compiled.get(trustProxy);
  if (known === undefined) {
    const list = new BlockList();
    for (const entry of trustProxy.flatMap((name) => RANGES[name] ?? [name])) {
      const [address = '', bits] = entry.split('/');
      const family = isIPv4(address) ? 'ipv4' : 'ipv6';
      list.addSubnet(address, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
    }
    known = (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
    compiled.set(trustProxy, known);
  }
  return known;
}
