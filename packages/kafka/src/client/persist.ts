import { setTimeout } from 'node:timers/promises';
import { OptionError } from '@streamify/core';
import { BrokerUnavailableError, KafkaAccessError } from '../errors.ts';
import type { KafkaConnection } from './connection-options.ts';
import { isRefusal, mayPass, rootOf } from './failure.ts';
import { NOT_KAFKA } from './sockets.ts';

const firstDelay = 50;
const longestDelay = 1_000;

/**
 * Does `work`, again and again while brokers are away, for as long as the connection has patience.
 *
 * @param what names the work in the messages of errors.
 * @throws BrokerUnavailableError when the patience is over.
 * @throws OptionError when a broker's port is that of something else.
 * @throws KafkaAccessError when the cluster refuses it.
 */
export async function persist<T>(
  { brokers, patience }: Pick<KafkaConnection, 'brokers' | 'patience'>,
  what: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const startedAt = performance.now();
  for (let delay = firstDelay; ; delay = Math.min(longestDelay, 2 * delay)) {
    try {
      return await work();
    } catch (cause) {
      const failure = rootOf(cause);
      if (isRefusal(failure))
        throw new KafkaAccessError(`cannot ${what}: ${failure.message}`, { cause });
      if (failure.code === NOT_KAFKA)
        throw new OptionError(
          `cannot ${what}: ${reasonOf(failure)}: give brokers the port of a broker`,
        );
      if (!mayPass(failure) || signal?.aborted) throw failure;
      const tried = performance.now() - startedAt;
      const left = patience - tried;
      if (left <= 0)
        throw new BrokerUnavailableError(
          `cannot ${what}: tried ${brokers.join(', ')} for ${seconds(tried)} s: ${failure.message}. Is Kafka running there, and is it the right address?`,
          brokers,
          { cause },
        );
      await setTimeout(Math.min(delay, left), undefined, { signal }).catch(() => {});
      if (signal?.aborted) throw failure;
    }
  }
}

/** What we said ourselves, without the words of kafkajs before it. */
const reasonOf = ({ message }: Error) => message.replace('Connection error: ', '');

const seconds = (ms: number) => Math.round(ms / 100) / 10;
