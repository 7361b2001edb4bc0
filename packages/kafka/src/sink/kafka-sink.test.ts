import { memoryLog, OptionError } from '@streamify/core';
import { Play } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from './kafka-sink.ts';

describe('a Kafka sink', () => {
  const topic = kafkaLog({ brokers: ['127.0.0.1:9'] }).topic('plays', Play);

  it('refuses options that cannot work', () => {
    for (const [options, message] of [
      [{ transactionalIdPrefix: '' }, 'transactionalIdPrefix'],
      [{ transactionTimeout: 10 }, 'transactionTimeout'],
      [{ transactionTimeout: Number.NaN }, 'transactionTimeout'],
      [{ maxMessageBytes: 0 }, 'maxMessageBytes'],
      [{ maxMessageBytes: 1.5 }, 'maxMessageBytes'],
    ] as const) {
      expect(() => kafkaSink(topic, options)).toThrow(OptionError);
      expect(() => kafkaSink(topic, options)).toThrow(message);
    }
  });

  it('refuses a topic of another kind of log', () => {
    expect(() => kafkaSink(memoryLog().topic('plays', Play))).toThrow('kafkaLog');
  });
});
