import { spawn } from 'node:child_process';

// A process that dies by SIGKILL cannot stop its children. So a shell waits at the end of a pipe that only we hold open:
// when we are gone, for whatever reason, it reads the end of the file and ends what we had registered.
const script = `
trap '' INT TERM HUP
pids=
while IFS=' ' read -r verb what; do
  case $verb in
    guard) pids="$pids $what" ;;
    forget) left=; for p in $pids; do [ "$p" = "$what" ] || left="$left $p"; done; pids=$left ;;
    folder) set -- "$@" "$what" ;;
  esac
done
for p in $pids; do kill -KILL "-$p" 2>/dev/null; done
# They may write until they are really gone; a zombie that nobody reaps counts as there, hence the bound.
for p in $pids; do n=0; while kill -0 "-$p" 2>/dev/null && [ $n -lt 20 ]; do sleep 0.05; n=$((n + 1)); done; done
for folder; do rm -rf -- "$folder"; done
`;

let watchdog;

function tell(verb, what) {
  if (process.platform === 'win32') return;
  if (!watchdog) {
    watchdog = spawn('/bin/sh', ['-c', script, 'dunlin-watchdog'], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    watchdog.on('error', () => undefined);
    watchdog.stdin.on('error', () => undefined);
    watchdog.unref();
    watchdog.stdin.unref();
  }
  watchdog.stdin.write(`${verb} ${what}\n`);
}

/** Ends the process group `pid` (a child spawned with `detached: true`) when this process is gone. */
export const guard = (pid) => tell('guard', pid);

/** Takes a guarded process that has ended off the list, since its pid may be given out again. */
export const forget = (pid) => tell('forget', pid);

/** Removes a folder when this process is gone. */
export const guardFolder = (folder) => tell('folder', folder);
