// Between the clients and the gateways. The world of such a session goes through proxies: `session.lines`.
import { outage } from './services.mjs';

const each = (lines, act) => () => lines.forEach(act);

const line = (name, breakOne, stated) => (session) =>
  outage(session, name, {
    breakIt: each(session.lines, breakOne),
    healIt: each(session.lines, (proxy) => proxy.heal()),
    ms: 8000,
    ...stated,
  });

export const networkFaults = [
  {
    name: '20 % loss between clients and gateways',
    lines: true,
    outcome: 'sends are acked meanwhile, slower',
    during: line('20 % loss', (proxy) => proxy.lose(0.2), { acksMeanwhile: true }),
  },
  {
    name: 'clients cut off for 8 s',
    lines: true,
    outcome: 'they come back by themselves, send again what was not acked, and miss nothing',
    during: line('clients cut off', (proxy) => proxy.cut(), { acksMeanwhile: false, graceMs: 500 }),
  },
  {
    name: 'clients hear nothing for 8 s, the gateways hear them',
    lines: true,
    outcome: 'sends are stored and not acked; the retries get the one answer',
    during: line('clients hear nothing', (proxy) => proxy.silence('down'), { acksMeanwhile: false }),
  },
  {
    name: 'gateways hear nothing for 8 s, the clients hear them',
    lines: true,
    outcome: 'nothing is acked meanwhile; nothing is missed after it',
    during: line('gateways hear nothing', (proxy) => proxy.silence('up'), { acksMeanwhile: false }),
  },
];
