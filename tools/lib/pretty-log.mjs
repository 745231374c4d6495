import { paint } from './console.mjs';

const levels = { fatal: 'red', error: 'red', warn: 'yellow', info: 'green', debug: 'blue', trace: 'dim' };
const shownElsewhere = new Set([
  'level',
  'time',
  'msg',
  'context',
  'err',
  'stack',
  'app',
  'instance',
  'pid',
  'hostname',
]);

/** One of the apps' JSON log lines as a person reads it; any other line as it is. */
export function prettyLine(line) {
  const entry = parse(line);
  if (!entry) return line;
  const { level, time, msg, context, err, stack } = entry;
  const fields = Object.entries(entry).filter(([name]) => !shownElsewhere.has(name));
  const details = fields.map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const parts = [
    paint('dim', String(time).slice(11, 23)),
    paint(levels[level] ?? 'dim', String(level).toUpperCase().padEnd(5)),
    context && paint('cyan', `[${context}]`),
    msg,
    details.length > 0 && paint('dim', details.join(' ')),
  ];
  const trace = err?.stack ?? stack;
  return `${parts.filter(Boolean).join(' ')}${trace ? `\n${trace}` : ''}`;
}

function parse(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line);
    return 'level' in entry ? entry : undefined;
  } catch {
    return undefined;
  }
}
