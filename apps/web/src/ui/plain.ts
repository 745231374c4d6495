import { BIDI_CONTROLS } from '@dunlin/sdk';

/** A name as it is shown: characters that turn text around would make it look like another. */
export const plain = (name: string): string => name.replace(BIDI_CONTROLS, '');
