/** What user (which signs) and gateway (which verifies) agree on about access tokens. */
export const ACCESS_TOKEN = {
  algorithm: 'HS256',
  issuer: 'dunlin',
  audience: 'dunlin-api',
  type: 'access',
} as const;
