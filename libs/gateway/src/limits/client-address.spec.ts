import { addressKey, clientAddress } from './client-address.js';

const from = (address: string, forwarded?: string | string[]) => ({
  address,
  headers: { 'x-forwarded-for': forwarded },
});

describe("A client's address", () => {
  it('is the other end of the connection, whatever it claims', () => {
    expect(clientAddress(from('203.0.113.9', '198.51.100.1'), false)).toBe('203.0.113.9');
    expect(clientAddress(from('203.0.113.9', '198.51.100.1'), ['10.0.0.0/8'])).toBe('203.0.113.9');
    expect(clientAddress(from('203.0.113.9', '198.51.100.1'), 0)).toBe('203.0.113.9');
  });

  it('is what the trusted proxies saw, not what a client added before', () => {
    const forged = '1.1.1.1, 198.51.100.1, 10.0.0.2';
    expect(clientAddress(from('10.0.0.1', forged), 2)).toBe('198.51.100.1');
    expect(clientAddress(from('10.0.0.1', forged), ['10.0.0.0/8'])).toBe('198.51.100.1');
    expect(clientAddress(from('10.0.0.1', ['1.1.1.1', '198.51.100.1']), ['10.0.0.1'])).toBe('198.51.100.1');
    expect(clientAddress(from('::ffff:127.0.0.1', '198.51.100.1'), ['loopback'])).toBe('198.51.100.1');
    expect(clientAddress(from('fd00::1', '2001:db8::7'), ['uniquelocal'])).toBe('2001:db8::7');
  });

  it('is the last good one when the header has an end or nonsense in it', () => {
    expect(clientAddress(from('10.0.0.1'), 2)).toBe('10.0.0.1');
    expect(clientAddress(from('10.0.0.1', '10.0.0.3'), ['10.0.0.0/8'])).toBe('10.0.0.3');
    expect(clientAddress(from('10.0.0.1', '198.51.100.1, nonsense'), 2)).toBe('10.0.0.1');
  });

  it('counts by itself, and of IPv6 by its network', () => {
    expect(addressKey('203.0.113.9')).toBe('203.0.113.9');
    expect(addressKey('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe(addressKey('2001:0db8:1:2::9'));
    expect(addressKey('2001:db8:1:2::9')).not.toBe(addressKey('2001:db8:1:3::9'));
    expect(addressKey('2001:db8::1:2')).toBe('2001:db8:0:0::/64');
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
    expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  });
});
