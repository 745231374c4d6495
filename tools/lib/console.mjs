import { endWithNpm } from './parent.mjs';

const colours = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, dim: 2, bold: 1 };

/** Whether a stream wants colours; `FORCE_COLOR` and `NO_COLOR` decide over the terminal. */
const coloured = (stream) =>
  process.env.NO_COLOR ? false : Boolean(process.env.FORCE_COLOR && process.env.FORCE_COLOR !== '0') || stream.isTTY;

/** `text` in a colour (`red`, `green`, `yellow`, `blue`, `magenta`, `cyan`, `dim`, `bold`) where the terminal shows one. */
export const paint = (colour, text, stream = process.stdout) =>
  coloured(stream) ? `\u001b[${colours[colour]}m${text}\u001b[0m` : text;

/** Milliseconds as a person reads them: `0.4 s`, `1 min 12 s`. */
export function duration(ms) {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Runs a script's main function: an error becomes one readable message and exit code 1. */
export async function script(main) {
  try {
    await main();
  } catch (error) {
    console.error(paint('red', error.message, process.stderr));
    if (process.env.DEBUG) console.error(error.stack);
    process.exit(1);
  }
}

/**
 * Follows SIGINT, SIGTERM and SIGHUP with an AbortSignal. They may come twice (npm passes on the Ctrl-C that its
 * child got from the terminal as well), so a repeated one is no order to hurry.
 */
export function shutdownSignal() {
  endWithNpm();
  // what runs for long goes on when nobody reads what it says any more (`npm run split | head`)
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (error.code !== 'EPIPE') throw error;
    });
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => controller.abort(new Error('interrupted')));
  return controller.signal;
}

/** Resolves when `signal` is aborted, and keeps this process alive until then. */
export const aborted = (signal) =>
  new Promise((resolve) => {
    const awake = setInterval(() => undefined, 60_000);
    const end = () => {
      clearInterval(awake);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
