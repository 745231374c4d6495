import { unique } from '../support/names.js';
import { befriend, Visitor, type Person } from '../support/person.js';
import { startTopology, type Topology } from '../support/topology.mjs';

/** A server of a test file's own, with its limits on, that must not have complained when it ends. */
export function limitedServer(): () => Topology {
  let server: Topology | undefined;
  const troubles: string[] = [];
  beforeAll(async () => {
    const onTrouble = (what: string): void => void troubles.push(what);
    server = await startTopology({ embedded: true, env: { RATE_LIMIT: 'on' }, onTrouble });
  });
  afterAll(async () => {
    await server?.stop();
    expect(troubles).toEqual([]);
  });
  return () => server as Topology;
}

/** Two friends on it. */
export async function annAndBen({ gateways }: Topology): Promise<[ann: Person, ben: Person]> {
  const [ann, ben] = await Promise.all([
    new Visitor(gateways).register(unique('ann')),
    new Visitor(gateways).register(unique('ben')),
  ]);
  await befriend(ann, ben);
  return [ann, ben];
}
