const PERIOD_MS = 250;

/**
 * Ends this process, as by SIGTERM, when its parent is gone. For scripts under npm, which runs them in a shell and, on a
 * SIGTERM of its own, tells the shell: that dies without a word to us, who would run on with nobody to stop us.
 */
export function endWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, PERIOD_MS);
  timer.unref();
}
