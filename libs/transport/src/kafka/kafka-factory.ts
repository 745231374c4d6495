import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Logger } from '@nestjs/common';
import { Kafka, logLevel, type Admin, type ISocketFactory } from 'kafkajs';
import { lookOnlyForWhatWaits } from './request-queue.js';

lookOnlyForWhatWaits();

const logger = new Logger('Kafka');

/** Without this, Nagle's algorithm holds a small request back until the broker has confirmed the one before. */
const promptSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? connectTls({ host, port, servername: host, ...ssl }, onConnect)
    : connectTcp(port, host, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 60_000);
  return socket;
};

/**
 * One client for all of a process's connections. Tries are few and short: whoever uses it starts over with a fresh
 * connection, since a kafkajs client that has lost its broker does not always find it again.
 */
export const createKafka = (brokers: string[], clientId: string): Kafka =>
  new Kafka({
    clientId,
    brokers,
    connectionTimeout: 1000,
    requestTimeout: 5000,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 500 },
    socketFactory: promptSocket,
    logLevel: logLevel.WARN,
    // It reports every try with a stack; what matters is said once, where the try was made.
    logCreator:
      () =>
      ({ log }) =>
        logger.verbose?.(log.message),
  });

/** Runs `work` with an admin client of its own. @throws what `work` or the connection throws */
export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin
      .disconnect()
      .catch((error: unknown) => logger.debug(`An admin connection did not close: ${reason(error)}`));
  }
}

/** An error of kafkajs in one line. */
export const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
