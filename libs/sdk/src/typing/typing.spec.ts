import type { LinkState, Connection } from '../transport/connection.js';
import { Value } from '../store/observable.js';
import { Typing } from './typing.js';

it('Who writes is not said any more when the line goes: that they stopped would not be heard', () => {
  const state = new Value({ status: 'online' } as LinkState);
  const listeners = new Map<string, (payload: unknown) => void>();
  const on = (event: string, listener: (payload: unknown) => void): void => void listeners.set(event, listener);
  const typing = new Typing();
  typing.use({ state, on } as unknown as Connection);
  const said: number[] = [];
  const writers = typing.of('c');
  writers.subscribe(() => said.push(writers.getSnapshot().length));
  listeners.get('typing')?.({ conversationId: 'c', userId: 'ben', active: true });
  expect(writers.getSnapshot()).toEqual(['ben']);
  state.set({ status: 'connecting' } as LinkState);
  expect(writers.getSnapshot()).toEqual([]);
  expect(said).toEqual([1, 0]);
});
