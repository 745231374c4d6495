// What Kafka makes of records. "Delivering twice" is a kill at kafka.before-offset-commit: see kills.mjs.
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { waitUntil } from '../../../tools/lib/wait.mjs';
import { expect, waitForAck } from './outcome.mjs';

const COMMANDS = 'dunlin.conversation.commands';

export const kafkaFaults = [
  {
    name: 'Kafka rebalancing: a second message service comes and goes',
    on: ['split'],
    outcome: 'sends are acked after each; order holds while partitions move',
    during: rebalance,
  },
  {
    name: 'poison records in every partition',
    on: ['split'],
    short: true,
    outcome: 'each goes to the dead-letter topic, and the partitions move on',
    during: poison,
  },
];

async function rebalance({ topology, recorder }) {
  for (let round = 0; round < 2; round++) {
    recorder.fault('a second message service', 'begin');
    await topology.restart('message-2');
    await waitForAck(recorder);
    await sleep(1500);
    await topology.stopApp('message-2');
    recorder.fault('a second message service', 'end');
    await waitForAck(recorder);
    await sleep(1500);
  }
  recorder.fault('kill -9 a second message service', 'begin');
  await topology.restart('message-2');
  await waitForAck(recorder);
  topology.kill('message-2');
  recorder.fault('kill -9 a second message service', 'end');
  // its partitions are given to the other one when its session ends, after 6 s
  await sleep(8000);
  await waitForAck(recorder);
}

async function poison({ topology, recorder }) {
  const { Kafka, logLevel } = kafkajs;
  const kafka = new Kafka({
    clientId: 'poison',
    brokers: [topology.services.env.KAFKA_BROKERS],
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  const producer = kafka.producer();
  await Promise.all([admin.connect(), producer.connect()]);
  try {
    const deadLetters = async () => {
      const offsets = await admin.fetchTopicOffsets(`${COMMANDS}.dlq`);
      return offsets.reduce((sum, { high }) => sum + Number(high), 0);
    };
    const before = await deadLetters();
    const partitions = (await admin.fetchTopicOffsets(COMMANDS)).map(({ partition }) => partition);
    recorder.fault('poison records', 'begin');
    await producer.send({
      topic: COMMANDS,
      messages: partitions.map((partition) => ({ partition, value: Buffer.from([0xff, 0x00, 0x7b]) })),
    });
    const all = async () => (await deadLetters()) - before >= partitions.length;
    await waitUntil(all, { what: 'the poison to be in the dead-letter topic', timeoutMs: 20_000 });
    recorder.fault('poison records', 'end');
    const found = (await deadLetters()) - before;
    expect(found === partitions.length, `each is put aside once (${found} of ${partitions.length})`);
    await waitForAck(recorder);
    await sleep(1500);
    return { poison: found };
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}
