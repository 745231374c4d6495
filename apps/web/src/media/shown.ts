import type { Media } from '@dunlin/sdk';

/** A picture in a message; the same one may have been sent twice. */
export interface Shown {
  /** The message's. */
  readonly key: string;
  readonly media: Media;
}
