import { clientFaults } from './clients.mjs';
import { kafkaFaults } from './kafka.mjs';
import { networkFaults } from './network.mjs';
import { processFaults } from './processes.mjs';
import { serviceFaults } from './services.mjs';
import { storageFaults } from './storage.mjs';

export { repeatIds } from './clients.mjs';

/**
 * All that breaks besides processes that are killed. `on`: the topologies that it is about, all by default; `lines`:
 * clients connect through proxies; `short`: in the short run too; `outcome` is what `during` asserts.
 */
export const FAULTS = [
  ...serviceFaults,
  ...kafkaFaults,
  ...networkFaults,
  ...clientFaults,
  ...processFaults,
  ...storageFaults,
];
