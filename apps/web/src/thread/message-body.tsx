import type { ChatMessage } from '@dunlin/sdk';
import type { ReactNode } from 'react';
import { Attachment } from '../media/attachment.js';
import { Picture } from '../media/picture.js';
import { SendingFile } from '../media/sending-file.js';
import { RichText } from './rich-text.js';

interface BodyProps {
  readonly message: ChatMessage;
  /** When it was sent and how far it has come. */
  readonly stamp: ReactNode;
  /** As wide as the stamp: it stands at the end of the last line, if there is room. */
  readonly room: string;
}

/** What a message says or shows, and its time. */
export function MessageBody({ message, stamp, room }: BodyProps) {
  if (!('text' in message.content))
    return (
      <>
        <Content message={message} />
        <p className="mt-0.5 flex justify-end px-1.5 text-[0.6875rem]">{stamp}</p>
      </>
    );
  return (
    // right-to-left text ends at the left, and so does its time
    <div dir="auto" className="relative px-1.5">
      <p
        data-text
        data-room={room}
        className="[overflow-wrap:anywhere] whitespace-pre-wrap after:ms-2 after:inline-block after:h-3 after:overflow-hidden after:invisible after:text-[0.6875rem] after:content-[attr(data-room)]"
      >
        {/* its controls of direction say nothing about the time. No bdi, which `dir="auto"` would not look into */}
        <span className="[unicode-bidi:isolate]">
          <RichText text={message.content.text} />
        </span>
      </p>
      <p className="absolute end-1.5 -bottom-0.5 text-[0.6875rem]">{stamp}</p>
    </div>
  );
}

function Content({ message }: { message: ChatMessage }) {
  const { key, content } = message;
  if ('file' in content) return <SendingFile message={message} file={content.file} />;
  if (!('media' in content)) return null;
  if (message.type === 'image') return <Picture shown={{ key, media: content.media }} />;
  return <Attachment media={content.media} name={'name' in content ? content.name : content.media.id} />;
}
