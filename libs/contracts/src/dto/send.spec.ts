import { parseSend } from './send.js';

const text = { clientMsgId: 'c1', type: 'text', content: { text: 'hello' }, toUserId: 'u1' };
const paths = (input: unknown, target?: { conversationId: string }): string[] => {
  const result = parseSend(input, target);
  return result.ok ? [] : result.errors.map((error) => error.path);
};

describe('The rules of a send', () => {
  it.each([
    ['a text', text],
    ['4,000 characters beyond the basic plane', { ...text, content: { text: '😀'.repeat(4000) } }],
    ['white space', { ...text, content: { text: ' \n' } }],
    ['an image by its id', { ...text, type: 'image', content: { mediaId: 'm1' } }],
    ['an image inline', { ...text, type: 'image', content: { data: 'data:image/png;base64,AAAA' } }],
    ['a named file', { ...text, type: 'file', content: { mediaId: 'm1', name: 'a b.pdf' } }],
    ['a file with a name in Hebrew', { ...text, type: 'file', content: { mediaId: 'm1', name: 'שלום\u200f.pdf' } }],
    ['a file with a name of emoji', { ...text, type: 'file', content: { mediaId: 'm1', name: '👩‍👩‍👧' } }],
    ['a clientMsgId of any 64 characters', { ...text, clientMsgId: `é b${'😀'.repeat(61)}` }],
    ['a reply', { ...text, replyTo: { messageId: 'd1-1', seq: 1 } }],
  ])('take %s', (_name, input) => {
    expect(paths(input)).toEqual([]);
  });

  it.each([
    ['nothing', null, ['']],
    ['a list', [text], ['']],
    ['an unknown field', { ...text, seq: 5 }, ['seq']],
    [
      'a forged prototype',
      JSON.parse('{"__proto__":{"x":1},"clientMsgId":"c1","type":"text","content":{"text":"a"},"toUserId":"u"}'),
      ['__proto__'],
    ],
    ['no target', { ...text, toUserId: undefined }, ['conversationId']],
    ['two targets', { ...text, toGroupId: 'g1' }, ['conversationId']],
    ['a target that is no id', { ...text, toUserId: { $ne: 1 } }, ['toUserId']],
    ['an empty text', { ...text, content: { text: '' } }, ['content.text']],
    ['4,001 characters', { ...text, content: { text: 'a'.repeat(4001) } }, ['content.text']],
    ['half a character', { ...text, content: { text: 'a\ud800' } }, ['content.text']],
    ['NUL', { ...text, content: { text: 'a\u0000' } }, ['content.text']],
    ['bytes', { ...text, content: { text: Buffer.from('a') } }, ['content.text']],
    ['a field of another type', { ...text, content: { text: 'a', mediaId: 'm' } }, ['content.mediaId']],
    ['an unknown type', { ...text, type: 'system' }, ['type']],
    ['no clientMsgId', { ...text, clientMsgId: undefined }, ['clientMsgId']],
    ['an empty clientMsgId', { ...text, clientMsgId: '' }, ['clientMsgId']],
    ['a clientMsgId of 65', { ...text, clientMsgId: 'c'.repeat(65) }, ['clientMsgId']],
    [
      'an image by id and inline',
      { ...text, type: 'image', content: { mediaId: 'm', data: 'data:image/png;base64,AA' } },
      ['content.data'],
    ],
    ['an inline SVG', { ...text, type: 'image', content: { data: 'data:image/svg+xml;base64,AA' } }, ['content.data']],
    ...[
      'run.bat',
      'a.html',
      'A.EXE. ',
      '../../x',
      'dir/a.txt',
      'c:\\a.txt',
      '..',
      'invoice\u202efdp.txt',
      'a\u2066b.txt',
      'a\nb.txt',
      '\u200b',
      '',
      'x'.repeat(256),
      5,
    ].map((name): [string, object, string[]] => [
      `a file called ${JSON.stringify(name)}`,
      { ...text, type: 'file', content: { mediaId: 'm', name } },
      ['content.name'],
    ]),
    ['a reply to nothing', { ...text, replyTo: {} }, ['replyTo.messageId', 'replyTo.seq']],
    ['a reply to seq 1.5', { ...text, replyTo: { messageId: 'm', seq: 1.5 } }, ['replyTo.seq']],
  ])('refuse %s', (_name, input, expected) => {
    expect(paths(input)).toEqual(expected);
  });

  it('refuse a second target where the address is one', () => {
    expect(paths(text, { conversationId: 'd1' })).toEqual(['toUserId']);
    expect(parseSend({ ...text, toUserId: undefined }, { conversationId: 'd1' })).toMatchObject({
      ok: true,
      payload: { conversationId: 'd1' },
    });
  });
});
