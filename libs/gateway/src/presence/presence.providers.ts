import { Clock, Config } from '@dunlin/platform';
import { RedisLink } from '@dunlin/relations';
import type { Provider } from '@nestjs/common';
import { PresenceService } from './presence.service.js';
import { LonePresenceStore, PresenceStore } from './presence-store.js';
import { PresenceSubscriptions } from './presence-subscriptions.js';
import { RedisPresenceStore } from './redis-presence-store.js';

/** Presence for the gateway's module: over all gateways with Redis, of this one without. */
export const presenceProviders: Provider[] = [
  {
    provide: PresenceStore,
    inject: [RedisLink, Config, Clock],
    useFactory: (link: RedisLink | null, config: Config, clock: Clock): PresenceStore =>
      link === null ? new LonePresenceStore() : new RedisPresenceStore(link, config.instanceId, () => clock.now()),
  },
  PresenceService,
  PresenceSubscriptions,
];
