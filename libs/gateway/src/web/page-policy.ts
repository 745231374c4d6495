/**
 * The headers of the chat's page. A script or style runs only from this origin or with this answer's nonce, and no text
 * becomes a script (https://www.w3.org/TR/trusted-types/); nothing is sent to or loaded from anywhere else.
 *
 * @param nonce fresh for each answer
 */
export function pageHeaders(nonce: string): Record<string, string> {
  return {
    'content-security-policy': Object.entries(policy(nonce))
      .map(([directive, sources]) => `${directive} ${sources}`)
      .join('; '),
    'permissions-policy': DENIED.map((feature) => `${feature}=()`).join(', '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

const policy = (nonce: string): Record<string, string> => ({
  'default-src': "'none'",
  'script-src': `'self' 'nonce-${nonce}'`,
  'style-src': `'self' 'nonce-${nonce}'`,
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob:",
  'font-src': "'self'",
  // 'self' holds for the WebSocket of the same host as well: CSP level 3, section 6.7.2.8
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'worker-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'frame-ancestors': "'none'",
  'form-action': "'self'",
  'require-trusted-types-for': "'script'",
});

/** What a chat of texts and pictures never asks a browser for. */
const DENIED = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
];
