import { FaultProxy } from '../support/fault-proxy.mjs';

/** Puts proxies before services. @returns their new addresses and the proxies by name */
export async function proxied(env, names) {
  const proxies = {};
  const addresses = { ...env };
  for (const [name, variable] of Object.entries(names)) {
    if (!env[variable]) continue;
    const url = new URL(env[variable]);
    proxies[name] = await FaultProxy.to(url.href);
    url.hostname = '127.0.0.1';
    url.port = String(proxies[name].port);
    addresses[variable] = url.href;
  }
  return { addresses, proxies };
}
