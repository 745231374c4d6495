import type { UserId } from '@dunlin/contracts';
import { UploadMemory, type UploadShare } from './upload-memory.js';

describe('The memory of uploads', () => {
  let now: number;
  let memory: UploadMemory;
  const taken: string[] = [];
  const begin = (name: string): UploadShare => {
    const share = memory.begin(name as UserId);
    share.onTaken(({ code }) => taken.push(`${name}: ${code}`));
    return share;
  };

  beforeEach(() => {
    now = 0;
    taken.length = 0;
    memory = new UploadMemory(100_000, 2, () => now);
  });

  it('is had by a person for so many uploads at once', () => {
    const [one] = [begin('ann'), begin('ann')];
    expect(() => begin('ann')).toThrow(expect.objectContaining({ code: 'busy', retryAfterMs: 1000 }));
    one?.release();
    one?.release();
    expect(() => begin('ann')).not.toThrow();
    expect(() => begin('ann')).toThrow();
  });

  it('that is full is given to who comes: those that stand still keep nobody out, and what is small is in nobody’s way', () => {
    const [stalled, steady, small] = [begin('eve'), begin('cid'), begin('dan')];
    stalled.add(60_000);
    small.add(10);
    steady.add(20_000);
    for (now = 1000; now < 9000; now += 1000) steady.add(1000);
    const ann = begin('ann');
    ann.add(40_000);
    expect(taken).toEqual(['eve: busy']);
    expect(() => stalled.add(1)).toThrow(expect.objectContaining({ code: 'busy' }));
    stalled.release();
    expect(() => steady.add(30_000)).not.toThrow();
    expect(taken).toEqual(['eve: busy']);
  });

  it('is taken neither from what has come whole nor from who is no slower', () => {
    const [whole, quick] = [begin('ann'), begin('ben')];
    whole.add(65_000);
    whole.whole();
    quick.add(34_000);
    expect(() => begin('cid').add(20_000)).toThrow(expect.objectContaining({ code: 'busy' }));
    expect(() => begin('eve').add(4096)).not.toThrow();
    now = 9000;
    expect(() => begin('dan').add(50_000)).toThrow();
    expect(taken).toEqual(['ben: busy']);
  });
});
