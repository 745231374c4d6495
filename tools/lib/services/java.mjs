import { aptInstall, mayInstall } from '../debian.mjs';
import { run, which } from '../run.mjs';

/** The path of a program, installed where that is allowed. */
async function need(program, packageName, signal) {
  if (!which(program) && mayInstall()) await aptInstall([packageName], { signal });
  const found = which(program);
  if (found) return found;
  throw new Error(`${program} is missing. Install it: apt-get install ${packageName}, or brew install openjdk maven`);
}

export const java = (signal) => need('java', 'default-jre-headless', signal);

/** Runs Maven's dependency plug-in, which brings jars from Maven Central. */
export async function maven(args, signal) {
  await run(await need('mvn', 'maven', signal), ['-q', '-B', ...args], { signal });
}

/** Small servers for tests: quick to start rather than quick for long. */
export const SMALL = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
