import { OpenSends } from './open-sends.js';

const state = async (closing: Promise<void>): Promise<string> =>
  Promise.race([closing.then(() => 'closed'), new Promise<string>((resolve) => setImmediate(resolve, 'waits'))]);

describe('Sends that are open when the process ends', () => {
  it('are waited for, and no more are taken', async () => {
    const sends = new OpenSends();
    sends.enter();
    sends.enter();
    const closing = sends.close(60_000);
    expect(() => sends.enter()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    sends.leave();
    expect(await state(closing)).toBe('waits');
    sends.leave();
    expect(await state(closing)).toBe('closed');
  });

  it('are not waited for longer than that', async () => {
    const sends = new OpenSends();
    sends.enter();
    await sends.close(1);
    sends.leave();
  });

  it('are none when nobody sends', async () => {
    expect(await state(new OpenSends().close(60_000))).toBe('closed');
  });
});
