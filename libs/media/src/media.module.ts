import { Global, Module } from '@nestjs/common';
import { MediaProcessor, MediaStore } from '@dunlin/contracts';
import { Config, ConfigError, Health, makeWritableFolder, unreadable, unusable } from '@dunlin/platform';
import { SharpMediaProcessor } from './processing/sharp-media-processor.js';
import { createMediaStore, parseFileUrl } from './store/media-url.js';

/** Gives the MediaStore that `MEDIA_URL` names and the MediaProcessor to whoever asks for the ports. */
@Global()
@Module({
  providers: [
    {
      provide: MediaStore,
      useFactory: (config: Config, health: Health): MediaStore => {
        const store = understood(() => {
          if (config.mediaUrl.startsWith('file:')) prepareFolder(parseFileUrl(config.mediaUrl));
          return createMediaStore(config.mediaUrl);
        });
        // all gateways have the same one: were they not ready without it, nobody could write a line to anybody
        health.registerDispensable('media', () => store.check());
        return store;
      },
      inject: [Config, Health],
    },
    { provide: MediaProcessor, useClass: SharpMediaProcessor },
  ],
  exports: [MediaStore, MediaProcessor],
})
export class MediaModule {}

/** @throws ConfigError for a MEDIA_URL that makes no sense */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof ConfigError ? error : unreadable('mediaUrl', error);
  }
}

/** A server that could not keep uploads does not start. */
function prepareFolder(folder: string): void {
  try {
    makeWritableFolder(folder);
  } catch (error) {
    throw unusable('mediaUrl', error);
  }
}
