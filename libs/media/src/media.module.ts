import { Global, Module } from '@nestjs/common';
import { MediaProcessor, MediaStore } from '@dunlin/contracts';
import { Config, Health, makeWritableFolder, unusable } from '@dunlin/platform';
import { SharpMediaProcessor } from './processing/sharp-media-processor.js';
import { createMediaStore, parseFileUrl } from './store/media-url.js';

/** Gives the MediaStore that `MEDIA_URL` names and the MediaProcessor to whoever asks for the ports. */
@Global()
@Module({
  providers: [
    {
      provide: MediaStore,
      useFactory: (config: Config, health: Health): MediaStore => {
        if (config.mediaUrl.startsWith('file:')) prepareFolder(parseFileUrl(config.mediaUrl));
        const store = createMediaStore(config.mediaUrl);
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

/** A server that could not keep uploads does not start. */
function prepareFolder(folder: string): void {
  try {
    makeWritableFolder(folder);
  } catch (error) {
    throw unusable('mediaUrl', error);
  }
}
