import { Global, Module } from '@nestjs/common';
import { MediaProcessor, MediaStore } from '@dunlin/contracts';
import { Config, Health } from '@dunlin/platform';
import { SharpMediaProcessor } from './processing/sharp-media-processor.js';
import { createMediaStore } from './store/media-url.js';

/** Gives the MediaStore that `MEDIA_URL` names and the MediaProcessor to whoever asks for the ports. */
@Global()
@Module({
  providers: [
    {
      provide: MediaStore,
      useFactory: (config: Config, health: Health): MediaStore => {
        const store = createMediaStore(config.mediaUrl);
        health.register('media', () => store.check());
        return store;
      },
      inject: [Config, Health],
    },
    { provide: MediaProcessor, useClass: SharpMediaProcessor },
  ],
  exports: [MediaStore, MediaProcessor],
})
export class MediaModule {}
