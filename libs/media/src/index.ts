/** Uploads: decoding them safely and keeping them on the local disk or in S3. */
export * from './media.module.js';
export * from './processing/sharp-media-processor.js';
export * from './store/local-media-store.js';
export * from './store/media-url.js';
export * from './store/s3-media-store.js';
