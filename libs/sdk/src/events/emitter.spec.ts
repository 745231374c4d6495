import { Emitter } from './emitter.js';

describe('A listener', () => {
  it('that listens twice hears twice, and ends each for itself', () => {
    const events = new Emitter<{ said: string }>();
    const heard = jest.fn();
    const ends = [events.on('said', heard), events.on('said', heard)];
    events.emit('said', 'a');
    ends[0]?.();
    ends[0]?.();
    events.emit('said', 'b');
    ends[1]?.();
    events.emit('said', 'c');
    expect(heard.mock.calls).toEqual([['a'], ['a'], ['b']]);
  });
});
