import { lazy, Suspense, useEffect, useReducer, type ComponentType, type ReactNode } from 'react';
import { Boundary } from './boundary.js';
import { PartFailed } from './part-failed.js';

interface Options<Props> {
  /** In its place while it is on its way. */
  readonly loading?: ReactNode;
  /** What lies over the page says why it does not come, and is closed, over the page as well. */
  readonly onClose?: (props: Props) => void;
}

const waiting = new Set<() => Promise<unknown>>();

/**
 * What is not needed for the first screen. Without a connection it cannot be had: it says so in its place, the rest of the
 * page goes on, and it can be tried again.
 */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  { loading, onClose }: Options<Props> = {},
): ComponentType<Props> {
  // React keeps what could not be loaded for ever: another attempt needs another one
  const fresh = () =>
    lazy(() =>
      load().then(
        (part) => ({ default: part as ComponentType<object> }),
        (error: unknown) => {
          Part = fresh();
          throw error;
        },
      ),
    );
  let Part = fresh();
  waiting.add(load);
  return function LazyPart(props: Props) {
    const [round, again] = useReducer((before: number) => before + 1, 0);
    const Current = Part;
    const failed = <PartFailed onRetry={again} {...(onClose ? { onClose: () => onClose(props) } : {})} />;
    return (
      <Boundary key={round} fallback={failed}>
        <Suspense fallback={loading}>
          <Current {...props} />
        </Suspense>
      </Boundary>
    );
  };
}

/** Loads all parts while nobody waits for anything, so that they are there when there is no connection. */
export function useAllParts(): void {
  useEffect(() => {
    const { saveData = false } = (navigator as { connection?: { saveData?: boolean } }).connection ?? {};
    if (saveData) return;
    const load = (): void => {
      for (const part of waiting)
        part().then(
          () => waiting.delete(part),
          () => undefined,
        );
    };
    // Safari has no idle callbacks
    if (!('requestIdleCallback' in window)) {
      const timer = setTimeout(load, 2000);
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(load, { timeout: 5000 });
    return () => cancelIdleCallback(handle);
  }, []);
}
