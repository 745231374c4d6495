/**
 * Kafka topics, all made in advance by `apps/migrate` (a broker that makes topics by itself turns a typo into a topic).
 * Requests of one service share a topic, and so do its events: the pattern travels in a header.
 * Besides these each gateway has its own reply topic, {@link replyTopic}.
 */
export const TOPICS = {
  userRequests: 'dunlin.user.requests',
  /** What hashes a password, and takes long: nothing else waits behind it. */
  credentialRequests: 'dunlin.user.credentials',
  groupRequests: 'dunlin.group.requests',
  messageRequests: 'dunlin.message.requests',
  /** Everything that appends to a conversation's log, keyed by conversation: sends and membership changes. */
  conversationCommands: 'dunlin.conversation.commands',
  userEvents: 'dunlin.user.events',
  groupEvents: 'dunlin.group.events',
  messageEvents: 'dunlin.message.events',
  /** Typing and presence: worth nothing after a minute. */
  signals: 'dunlin.gateway.signals',
} as const;

export type Topic = (typeof TOPICS)[keyof typeof TOPICS];

export interface TopicSettings {
  partitions: number;
  /** Milliseconds. */
  retentionMs: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export const TOPIC_SETTINGS: Record<Topic, TopicSettings> = {
  [TOPICS.userRequests]: { partitions: 4, retentionMs: HOUR },
  [TOPICS.credentialRequests]: { partitions: 4, retentionMs: HOUR },
  [TOPICS.groupRequests]: { partitions: 4, retentionMs: HOUR },
  [TOPICS.messageRequests]: { partitions: 4, retentionMs: HOUR },
  [TOPICS.conversationCommands]: { partitions: 8, retentionMs: 24 * HOUR },
  [TOPICS.userEvents]: { partitions: 2, retentionMs: 24 * HOUR },
  [TOPICS.groupEvents]: { partitions: 2, retentionMs: 24 * HOUR },
  [TOPICS.messageEvents]: { partitions: 4, retentionMs: 24 * HOUR },
  [TOPICS.signals]: { partitions: 1, retentionMs: 10 * MINUTE },
};

/** One partition; made by the process that reads it and deleted when that process ends in good order. */
export const replyTopic = (instanceId: string): string => `dunlin.replies.${instanceId}`;
export const REPLY_TOPIC_SETTINGS: TopicSettings = { partitions: 1, retentionMs: 10 * MINUTE };
