import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { groupSchema } from '@dunlin/group';
import { messageSchema } from '@dunlin/message';
import { createPino, loadConfig, PinoLogger, StartError } from '@dunlin/platform';
import { connect, mergeSchemas } from '@dunlin/storage';
import { ensureTopics } from '@dunlin/transport';
import { userSchema } from '@dunlin/user';

// Prepares what the apps find: the schema and, where there is Kafka, its topics. Safe to repeat; run one at a time.
const config = loadConfig({ name: 'migrate', defaultPort: 0 });
Logger.overrideLogger(new PinoLogger(createPino(config, 'migrate')));
const logger = new Logger('Migrate');
try {
  const database = await connect(config.databaseUrl, mergeSchemas(userSchema, groupSchema, messageSchema), {
    migrate: true,
    connections: 2,
  });
  await database.close();
  logger.log('The schema is up to date');
  if (config.kafkaBrokers.length > 0) {
    await ensureTopics(config.kafkaBrokers, { replication: config.kafkaReplication });
    logger.log('The topics are there');
  }
} catch (error) {
  if (error instanceof StartError) logger.fatal(error.message);
  else logger.fatal('Could not prepare', { err: error as Error });
  process.exitCode = 1;
}
