import type { ChatMessage } from '@dunlin/sdk';
import { Attachment } from '../media/attachment.js';
import { Picture } from '../media/picture.js';
import { SendingFile } from '../media/sending-file.js';
import { RichText } from './rich-text.js';

/** What a message says or shows. */
export function MessageBody({ message }: { message: ChatMessage }) {
  const { content } = message;
  if ('text' in content)
    return (
      <p dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
        <RichText text={content.text} />
      </p>
    );
  if ('file' in content) return <SendingFile message={message} file={content.file} />;
  if (!('media' in content)) return null;
  if (message.type === 'image') return <Picture media={content.media} />;
  return <Attachment media={content.media} name={'name' in content ? content.name : content.media.id} />;
}
