import { DunlinError } from '../errors/dunlin-error.js';
import type { OutboxPorts } from '../outbox/outbox.js';

/** A server of which the test says what it answers; by default it stores everything. */
export class OutboxWorld implements OutboxPorts {
  up = true;
  readonly sent: string[] = [];
  readonly storedKeys: string[] = [];
  readonly failures: [string, string][] = [];
  answer: (text: string) => Promise<void> = () => Promise.resolve();

  online = (): boolean => this.up;
  send: OutboxPorts['send'] = async ({ content, conversationId = '', clientMsgId }) => {
    const text = 'text' in content ? content.text : '';
    this.sent.push(text);
    await this.answer(text);
    return { messageId: clientMsgId, conversationId, seq: this.sent.length, sentAt: '', duplicate: false };
  };
  upload: OutboxPorts['upload'] = () => Promise.reject(new DunlinError('internal'));
  stored: OutboxPorts['stored'] = (entry) => void this.storedKeys.push(entry.clientMsgId);
  failed: OutboxPorts['failed'] = (entry, error) => void this.failures.push([entry.clientMsgId, error.code]);
  refused = (): void => undefined;
  changed = (): void => undefined;
  newest = 0;
  newestOf = (): number => this.newest;
  conversationOf: OutboxPorts['conversationOf'] = ({ conversationId, toUserId }) =>
    conversationId ?? `with-${toUserId}`;
}
