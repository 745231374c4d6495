import type { Readable } from 'node:stream';
import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { MediaStore, type MediaId, type StoredObject, type Variant } from '@dunlin/contracts';
import { isObjectId, objectName } from './object-name.js';

export interface S3Settings {
  bucket: string;
  /** Put before every key, ending in `/`, or empty. */
  prefix: string;
  endpoint?: string;
  region: string;
  forcePathStyle: boolean;
  /** Absent: the SDK's own chain (environment, shared files, instance role). */
  credentials?: { accessKeyId: string; secretAccessKey: string };
}

type Sdk = typeof import('@aws-sdk/client-s3');
interface Connection {
  sdk: Sdk;
  client: S3Client;
}

const CONNECT_MS = 3000;
const REQUEST_MS = 20_000;

const statusOf = (error: unknown): number | undefined =>
  (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;

/** Objects in a bucket of S3, or of a server that speaks its protocol. */
export class S3MediaStore extends MediaStore {
  private connection: Promise<Connection> | undefined;

  constructor(private readonly settings: S3Settings) {
    super();
  }

  async put(id: MediaId, variant: Variant, bytes: Buffer, mime: string): Promise<void> {
    const { sdk, client } = await this.connect();
    try {
      await client.send(
        new sdk.PutObjectCommand({
          Bucket: this.settings.bucket,
          Key: this.keyOf(id, variant),
          Body: bytes,
          ContentLength: bytes.length,
          ContentType: mime,
          // conditional writes: the first one stays
          IfNoneMatch: '*',
        }),
      );
    } catch (error) {
      if (statusOf(error) !== 412) throw error;
    }
  }

  async open(id: MediaId, variant: Variant, range?: { start: number; end: number }): Promise<StoredObject | null> {
    if (!isObjectId(id)) return null;
    const { sdk, client } = await this.connect();
    try {
      const answer = await client.send(
        new sdk.GetObjectCommand({
          Bucket: this.settings.bucket,
          Key: this.keyOf(id, variant),
          Range: range && `bytes=${range.start}-${range.end}`,
        }),
      );
      const whole = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
      return {
        stream: answer.Body as Readable,
        size: whole === undefined ? (answer.ContentLength ?? 0) : Number(whole),
      };
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }

  async delete(id: MediaId): Promise<void> {
    if (!isObjectId(id)) return;
    const { sdk, client } = await this.connect();
    for (const variant of ['original', 'thumbnail'] as const)
      await client.send(new sdk.DeleteObjectCommand({ Bucket: this.settings.bucket, Key: this.keyOf(id, variant) }));
  }

  /** Asks for the bucket; writing on every probe would cost a request and an object each time. */
  async check(): Promise<void> {
    const { sdk, client } = await this.connect();
    await client.send(new sdk.HeadBucketCommand({ Bucket: this.settings.bucket }));
  }

  /** Ends idle connections. */
  async close(): Promise<void> {
    if (this.connection) (await this.connection).client.destroy();
  }

  private keyOf(id: MediaId, variant: Variant): string {
    return this.settings.prefix + objectName(id, variant);
  }

  // The SDK takes tens of megabytes: it is loaded only where S3 is used.
  private connect(): Promise<Connection> {
    this.connection ??= import('@aws-sdk/client-s3').then((sdk) => {
      const { endpoint, region, forcePathStyle, credentials } = this.settings;
      const client = new sdk.S3Client({
        endpoint,
        region,
        forcePathStyle,
        credentials,
        maxAttempts: 3,
        // many S3 servers refuse the newer default trailers; TLS and the signature protect the body already
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: REQUEST_MS },
      });
      return { sdk, client };
    });
    return this.connection;
  }
}
