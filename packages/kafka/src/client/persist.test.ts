import { describe, expect, it } from 'vitest';
import { BrokerUnavailableError, KafkaAccessError } from '../errors.ts';
import { isRefusal, mayPass, rootOf } from './failure.ts';
import { persist } from './persist.ts';

const connection = { brokers: ['a:9092', 'b:9092'], patience: 60 };
const error = (fields: object, cause?: Error) =>
  Object.assign(new Error('it failed', cause && { cause }), fields);
const refused = error({ name: 'KafkaJSConnectionError', code: 'ECONNREFUSED' });

describe('persist', () => {
  it('tries again what may pass', async () => {
    let tries = 0;
    const work = async () => {
      if (++tries < 3) throw refused;
      return 'done';
    };
    expect(await persist({ ...connection, patience: 10_000 }, 'publish', work)).toBe('done');
    expect(tries).toBe(3);
  });

  it('says where it tried, for how long, and why it gave up', async () => {
    const failing = persist(connection, 'publish to plays', () => Promise.reject(refused));
    await expect(failing).rejects.toThrow(BrokerUnavailableError);
    await expect(failing).rejects.toThrow(
      /^cannot publish to plays: tried a:9092, b:9092 for [\d.]+ s: it failed\. Is Kafka running/,
    );
  });

  it('does not try again what the cluster refuses, nor what is wrong for good', async () => {
    let tries = 0;
    const failing = (cause: Error) =>
      persist(connection, 'publish', () => {
        tries++;
        return Promise.reject(cause);
      });
    await expect(failing(error({ type: 'TOPIC_AUTHORIZATION_FAILED' }))).rejects.toThrow(
      KafkaAccessError,
    );
    await expect(failing(error({ name: 'TypeError' }))).rejects.toThrow('it failed');
    await expect(failing(error({ type: 'INVALID_CONFIG', retriable: false }))).rejects.toThrow(
      'it failed',
    );
    expect(tries).toBe(3);
  });

  it('stops trying when nobody wants it any more', async () => {
    const signal = AbortSignal.abort();
    const failing = persist(
      { ...connection, patience: 600_000 },
      'read',
      () => Promise.reject(refused),
      signal,
    );
    await expect(failing).rejects.toBe(refused);
  });
});

it('does nothing more once nobody wants it', async () => {
  const stop = new AbortController();
  let tries = 0;
  const work = async () => {
    if (++tries === 2) setTimeout(() => stop.abort(), 5);
    throw refused;
  };
  const failing = persist({ ...connection, patience: 600_000 }, 'read', work, stop.signal);
  await expect(failing).rejects.toBe(refused);
  expect(tries).toBe(2);
});

describe('failures', () => {
  it('are told by the error that was there first', () => {
    const wrapped = error(
      { name: 'KafkaJSNumberOfRetriesExceeded' },
      error({ name: 'KafkaJSNonRetriableError' }, refused),
    );
    expect(rootOf(wrapped)).toBe(refused);
    expect(rootOf(refused)).toBe(refused);
    expect(rootOf(error({ errors: [wrapped] }))).toBe(refused);
  });

  it('may pass with the broker, with its metadata, or as Kafka says', () => {
    expect(mayPass(refused)).toBe(true);
    expect(mayPass(error({ name: 'KafkaJSRequestTimeoutError' }))).toBe(true);
    expect(mayPass(error({ type: 'NOT_LEADER_FOR_PARTITION', retriable: true }))).toBe(true);
    expect(mayPass(error({ name: 'KafkaJSError', retriable: true }))).toBe(true);
    expect(mayPass(error({ type: 'OFFSET_OUT_OF_RANGE', retriable: false }))).toBe(false);
    expect(mayPass(error({ code: 'ERR_INVALID_ARG_TYPE' }))).toBe(false);
  });

  it('are refusals where credentials or rights are missing', () => {
    expect(isRefusal(error({ name: 'KafkaJSSASLAuthenticationError' }))).toBe(true);
    expect(isRefusal(error({ type: 'GROUP_AUTHORIZATION_FAILED' }))).toBe(true);
    expect(isRefusal(refused)).toBe(false);
  });
});
