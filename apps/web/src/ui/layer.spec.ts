/** A browser's history as far as layers use it: going back takes until the next timer. */
class FakeHistory {
  entries: unknown[] = [null];
  at = 0;
  arrived: () => void = () => undefined;
  get state(): unknown {
    return this.entries[this.at];
  }
  pushState(state: unknown): void {
    this.entries = [...this.entries.slice(0, ++this.at), state];
  }
  go(by: number): void {
    setTimeout(() => {
      this.at += by;
      this.arrived();
    }, 20);
  }
}

describe('What lies over the page', () => {
  let history: FakeHistory;
  let openLayer: (close: () => void) => () => void;
  let reload: () => void;

  beforeEach(async () => {
    jest.useFakeTimers();
    jest.resetModules();
    history = new FakeHistory();
    const window = {
      addEventListener: (event: string, listener: () => void) => {
        if (event === 'popstate') history.arrived = listener;
        else reload = listener;
      },
    };
    Object.assign(globalThis, { history, window });
    ({ openLayer } = await import('./layer.js'));
  });
  afterEach(() => {
    jest.useRealTimers();
    Object.assign(globalThis, { history: undefined, window: undefined });
  });

  it('is closed by Back, the uppermost first', () => {
    const closed: string[] = [];
    openLayer(() => closed.push('dialog'));
    openLayer(() => closed.push('menu'));
    history.go(-1);
    jest.advanceTimersByTime(20);
    expect([closed, history.at]).toEqual([['menu'], 1]);
    history.go(-1);
    jest.advanceTimersByTime(20);
    expect([closed, history.at]).toEqual([['menu', 'dialog'], 0]);
  });

  it('takes its entry along when it is closed otherwise', () => {
    openLayer(() => undefined)();
    expect(history.at).toBe(1);
    jest.advanceTimersByTime(300);
    expect(history.at).toBe(0);
  });

  it('does not go back in the middle of a reload, which that would stop', () => {
    openLayer(() => undefined)();
    reload();
    jest.advanceTimersByTime(300);
    expect(history.at).toBe(1);
  });

  it('is not closed by the way back from what was closed before it', () => {
    const closed: string[] = [];
    openLayer(() => closed.push('dialog'))();
    jest.advanceTimersByTime(260);
    expect(history.at).toBe(1);
    openLayer(() => closed.push('menu'));
    jest.advanceTimersByTime(300);
    expect([closed, history.at]).toEqual([[], 1]);
    history.go(-1);
    jest.advanceTimersByTime(20);
    expect([closed, history.at]).toEqual([['menu'], 0]);
  });
});
