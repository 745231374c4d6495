import { REPLY_TOPIC_SETTINGS, TOPIC_SETTINGS, TOPICS, type Topic, type TopicSettings } from '@dunlin/contracts';
import type { Admin, ConfigResourceTypes, IResourceConfigEntry, ITopicConfig } from 'kafkajs';
import { MAX_VALUE_BYTES } from './record.js';

// Numbers of Kafka's protocol; kafkajs does not export them to ES modules.
const TOPIC: ConfigResourceTypes.TOPIC = 2;
const DYNAMIC_TOPIC_CONFIG = 1;

const DAY_MS = 24 * 3600 * 1000;
const DEAD_LETTERS: TopicSettings = { partitions: 1, retentionMs: 7 * DAY_MS };

/** Where records of a topic go that nobody here can make sense of. */
export const deadLetterTopic = (topic: string): string => `${topic}.dlq`;

/** One for each topic. */
export const DEAD_LETTER_TOPICS: readonly string[] = Object.values(TOPICS).map(deadLetterTopic);

/** How long a record of a topic is worth something, in milliseconds. */
export const worthMs = (topic: string): number => TOPIC_SETTINGS[topic as Topic]?.retentionMs ?? DAY_MS;

const wanted = (): Map<string, TopicSettings> =>
  new Map<string, TopicSettings>([
    ...Object.entries(TOPIC_SETTINGS),
    ...DEAD_LETTER_TOPICS.map((topic): [string, TopicSettings] => [topic, DEAD_LETTERS]),
  ]);

const configOf = ({ retentionMs }: TopicSettings): IResourceConfigEntry[] => [
  { name: 'retention.ms', value: String(retentionMs) },
  // segments roll by then at the latest, or retention would have nothing to delete
  { name: 'segment.ms', value: String(Math.max(60_000, Math.floor(retentionMs / 4))) },
  // a page of history is larger than the default of 1 MB, and the headers and the batch come on top
  { name: 'max.message.bytes', value: String(MAX_VALUE_BYTES + 1024 * 1024) },
];

const topicConfig = (topic: string, settings: TopicSettings, replication: number): ITopicConfig => ({
  topic,
  numPartitions: settings.partitions,
  replicationFactor: replication,
  configEntries: configOf(settings),
});

/**
 * Makes what is missing of the topics and their dead-letter topics, adds partitions where there are too few, and sets
 * the retention. Removes nothing; safe to repeat. A key may move to another partition when some are added, so do that
 * while no app runs.
 * @param replication copies of each record, for topics that are made now
 * @throws when the brokers cannot be reached within a few seconds or refuse
 */
export async function ensureTopics(brokers: string[], { replication }: { replication: number }): Promise<void> {
  // kafkajs is loaded by who talks to Kafka, and by nobody else
  const { createKafka, withAdmin } = await import('./kafka-factory.js');
  await withAdmin(createKafka(brokers, 'dunlin-migrate'), async (admin) => {
    const topics = wanted();
    const present = new Set(await admin.listTopics());
    const missing = [...topics].filter(([topic]) => !present.has(topic));
    if (missing.length > 0)
      await admin.createTopics({
        topics: missing.map(([topic, settings]) => topicConfig(topic, settings, replication)),
        timeout: 10_000,
      });
    const old = [...topics].filter(([topic]) => present.has(topic));
    if (old.length > 0) await adjust(admin, old);
  });
}

async function adjust(admin: Admin, topics: [string, TopicSettings][]): Promise<void> {
  const metadata = await admin.fetchTopicMetadata({ topics: topics.map(([topic]) => topic) });
  const actual = new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
  const small = topics.filter(([topic, { partitions }]) => (actual.get(topic) ?? 0) < partitions);
  if (small.length > 0)
    await admin.createPartitions({
      topicPartitions: small.map(([topic, { partitions }]) => ({ topic, count: partitions })),
    });
  await adjustConfigs(admin, topics);
}

/** The only request that kafkajs knows replaces all of a topic's settings: an operator's own are read first and kept. */
async function adjustConfigs(admin: Admin, topics: [string, TopicSettings][]): Promise<void> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map(([name]) => ({ type: TOPIC, name })),
  });
  const changes = resources.flatMap(({ resourceName, configEntries }) => {
    const own = new Map(
      configEntries
        .filter(({ configSource }) => (configSource as number) === DYNAMIC_TOPIC_CONFIG)
        .map(({ configName, configValue }) => [configName, configValue]),
    );
    const ours = configOf(TOPIC_SETTINGS[resourceName as Topic] ?? DEAD_LETTERS);
    if (ours.every(({ name, value }) => own.get(name) === value)) return [];
    for (const { name, value } of ours) own.set(name, value);
    return [{ type: TOPIC, name: resourceName, configEntries: [...own].map(([name, value]) => ({ name, value })) }];
  });
  if (changes.length > 0) await admin.alterConfigs({ validateOnly: false, resources: changes });
}

/** Makes a process's reply topic unless it is there. */
export async function ensureReplyTopic(admin: Admin, topic: string, replication: number): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) return;
  await admin.createTopics({ topics: [topicConfig(topic, REPLY_TOPIC_SETTINGS, replication)], timeout: 5000 });
}
