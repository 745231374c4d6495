/** Who is whose friend, who is in which group, which sessions hold; and the connection to Redis that others share. */
export { REDIS, REDIS_PREFIX } from './redis/connect-redis.js';
export { LuaScript } from './redis/lua-script.js';
export { RedisAway, RedisLink } from './redis/redis-link.js';
export { RelationsModule } from './relations.module.js';
