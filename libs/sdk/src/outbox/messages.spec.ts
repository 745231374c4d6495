import { DunlinError } from '../errors/dunlin-error.js';
import { SizeLimit } from '../media/size-limit.js';
import type { Runtime } from '../runtime.js';
import type { Http } from '../transport/http.js';
import { Messages } from './messages.js';

describe('A file that is to be sent', () => {
  const queued: string[] = [];
  const account = { outbox: { add: ({ name }: { name: string }) => queued.push(name) } };
  const runtime = { required: account, views: { onChange: () => undefined } } as unknown as Runtime;
  const messages = new Messages(runtime, new SizeLimit({} as Http, 1000));
  /** Of any size, and not to be read. */
  const file = (size: number, name = 'shore.jpg'): File => {
    const unread = { size, name, type: 'image/jpeg' };
    const read = (): never => {
      throw new Error('it was read');
    };
    return { ...unread, arrayBuffer: read, stream: read, slice: read } as unknown as File;
  };
  const send = (one: File): string => messages.sendFile({ conversationId: 'c', file: one });
  beforeEach(() => void queued.splice(0));

  it('is refused at once when the server takes none of its size, unread', () => {
    expect(() => send(file(1001))).toThrow(expect.objectContaining({ code: 'payload_too_large', retryable: false }));
    expect(queued).toEqual([]);
    send(file(1000));
    expect(queued).toEqual(['shore.jpg']);
  });

  it.each([
    ['too large', file(1001), 'payload_too_large'],
    ['empty', file(0), 'validation_failed'],
    ['of a name that is too long', file(10, 'n'.repeat(256)), 'validation_failed'],
  ])('can be known beforehand to be %s', (_, one, code) => {
    expect(() => messages.checkFile(one)).toThrow(expect.objectContaining({ code }));
    expect(() => send(one)).toThrow(expect.objectContaining({ code }));
    expect(queued).toEqual([]);
  });

  it('is checked by the name that it will have', () => {
    messages.checkFile(file(10, 'n'.repeat(256)), 'short.jpg');
    messages.checkFile(file(10, '\u202egpj.erohs'));
    expect(queued).toEqual([]);
  });
});

describe('A message of somebody who is signed out', () => {
  const runtime = {
    get required(): never {
      throw new DunlinError('signed_out');
    },
    views: { onChange: () => undefined },
  } as unknown as Runtime;
  const messages = new Messages(runtime, new SizeLimit({} as Http, 1000));

  it.each(['retry', 'discard'] as const)('is told so as anybody is who waits: %s', async (call) => {
    const refused = messages[call]('key');
    await expect(refused).rejects.toMatchObject({ code: 'signed_out' });
  });
});
