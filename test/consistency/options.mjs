import { parseArgs } from 'node:util';
import { TOPOLOGIES } from './session.mjs';

/** The command line, checked. @throws Error naming what is wrong */
export function readOptions() {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      faults: { type: 'boolean', default: false },
      only: { type: 'string' },
      'repeat-ids': { type: 'string' },
      topology: { type: 'string' },
      minutes: { type: 'string' },
      kills: { type: 'string' },
      runs: { type: 'string', default: '1' },
      pause: { type: 'string', default: '40' },
      seed: { type: 'string', default: String(Date.now() % 100_000) },
    },
  });
  const { short, mutants, faults } = values;
  const topologies = (values.topology ?? (short ? 'sqlite,split' : Object.keys(TOPOLOGIES).join(','))).split(',');
  for (const kind of topologies)
    if (!TOPOLOGIES[kind]) throw new Error(`No topology ${kind}: there are ${Object.keys(TOPOLOGIES).join(', ')}`);
  return {
    short,
    mutants,
    faults,
    only: values.only?.split(','),
    repeatIds: values['repeat-ids'] && number('--repeat-ids', values['repeat-ids']),
    topologies,
    minutes: number('--minutes', values.minutes ?? (short ? '0.15' : '1')),
    kills: number('--kills', values.kills ?? (short ? '5' : '10')),
    runs: number('--runs', values.runs),
    pauseMs: number('--pause', values.pause),
    seed: number('--seed', values.seed),
  };
}

function number(name, text) {
  const value = Number(text);
  if (!(Number.isFinite(value) && value >= 0)) throw new Error(`${name} takes a number`);
  return value;
}
