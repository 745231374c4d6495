import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts what holds credentials, since a broker keeps records on disk for hours. AES-256-GCM (NIST SP 800-38D) with a
 * random nonce, under a key of its own derived from the signing secret (HKDF, RFC 5869). A value opens only in the
 * context it was sealed for, so a record cannot be passed off as another.
 */
export class Seal {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'dunlin/transport/seal/v1', 32));
  }

  /** @returns version, nonce, ciphertext and tag */
  seal(plain: Buffer, context: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(Buffer.from(context));
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error when it was not sealed here, for this context, or was changed since */
  open(sealed: Buffer | null, context: string): Buffer {
    if (!sealed || sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES) throw new Error('Not sealed');
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(1, 1 + NONCE_BYTES));
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  }
}

/** The contexts of a request and of its answer. */
export const requestContext = (pattern: string, correlationId: string): string => `request ${pattern} ${correlationId}`;
export const replyContext = (correlationId: string): string => `reply ${correlationId}`;
