import { newClientMsgId, unique } from '../support/names.js';
import { Visitor, type Person } from '../support/person.js';
import { annAndBen, limitedServer } from './limited-server.js';

const WRITERS = 6;
const AT_ONCE = 40;
const FOR_MS = 6000;
jest.setTimeout(60_000);

const server = limitedServer();

it('[A75] Whoever changes what is theirs as often as they may keeps nobody’s messages waiting', async () => {
  const [ann, ben] = await annAndBen(server());
  const { id } = await ann.ok<{ id: string }>('POST', '/conversations/direct', { userId: ben.id });
  const device = await ann.connect();
  const writers = await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      const writer = await new Visitor(server().gateways).register(unique('busy'));
      return { writer, groupId: (await writer.makeGroup()).conversationId };
    }),
  );
  const until = performance.now() + FOR_MS;
  const answers = new Set<number>();
  const changes: number[] = [];
  const change = async (writer: Person, conversationId: string): Promise<void> => {
    for (let round = 0; performance.now() < until; round++) {
      const begun = performance.now();
      const { status } = await writer.http('PATCH', `/conversations/${conversationId}`, { pinned: round % 2 === 0 });
      answers.add(status);
      if (status === 200) changes.push(performance.now() - begun);
    }
  };
  const flood = writers.flatMap(({ writer, groupId }) =>
    Array.from({ length: AT_ONCE }, () => change(writer, groupId)),
  );
  const waits: number[] = [];
  for (let n = 0; performance.now() < until; n++) {
    const begun = performance.now();
    await device.ok('message:send', {
      clientMsgId: newClientMsgId(),
      conversationId: id,
      type: 'text',
      content: { text: `Number ${n}` },
    });
    waits.push(performance.now() - begun);
  }
  await Promise.all(flood);
  // done, too often, or too much of it
  expect([...answers].filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
  expect(answers).toContain(200);
  // one that is stored waits for one of the others, which wait for each other
  console.info(
    `half of ${waits.length} sends within ${median(waits).toFixed(0)} ms, of changes ${median(changes).toFixed(0)}`,
  );
  expect(median(waits)).toBeLessThan(median(changes) / 2);
});

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1] as number;
