import { connect } from 'node:net';

export interface RawReply {
  /** NaN when there was no answer. */
  status: number;
  head: string;
  body: string;
  /** All that came, further answers included. */
  text: string;
}

/** The answer to exactly these bytes, for what no well-meaning client sends. Waits until the server has closed. */
export function sendBytes(base: string, bytes: string | Buffer): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    // a reset after the answer: it did not read on
    socket.on('error', (error) => (text === '' ? reject(error) : undefined));
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n', 2);
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body, text });
    });
  });
}
