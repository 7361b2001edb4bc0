import { randomUUID } from 'node:crypto';
import {
  defineEvent,
  type MemorySink,
  memorySink,
  SchemaError,
  type SchemaRegistry,
  startJob,
} from '@streamify/core';
import { avroEncoder, type NewRecord } from '@streamify/core/adapter';
import { expectHarmed, expectUnharmed, type Outcome } from '@streamify/core/testing';
import { map } from 'rxjs';
import { expect, it } from 'vitest';

import { kafkaLog } from '../log/kafka-log.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { confluentRegistry } from './confluent-registry.ts';

const schema = {
  type: 'record',
  name: 'Play',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  ],
} as const;
const Play = defineEvent(schema, { time: 'at', key: 'id' });
const Tagged = defineEvent(
  { ...schema, fields: [...schema.fields, { name: 'tag', type: 'string', default: '' }] } as const,
  { time: 'at', key: 'id' },
);
const ids = Array.from({ length: 400 }, (_, id) => id);
const [before, during] = [ids.slice(0, 200), ids.slice(200)];

/** Takes a registry that is down for one that does not know the schema. */
const impatient = (registry: SchemaRegistry): SchemaRegistry => ({
  ...registry,
  schema: (id) =>
    registry.schema(id).catch((cause: unknown) => {
      throw new SchemaError(`no schema ${id}`, { cause });
    }),
});

describeWithOwnKafka(
  'an outage of the schema registry',
  (kafka) => {
    /** Kills the registry under a job, publishes with a schema that the job does not know yet, starts it again. */
    const outage = async (
      registryOf: (registry: SchemaRegistry) => SchemaRegistry,
      isOver: (retries: () => number, into: MemorySink<number>) => Promise<void>,
    ): Promise<Outcome> => {
      const { brokers, registryUrl = '' } = kafka();
      const topic = `plays-${randomUUID()}`;
      const registry = confluentRegistry({ url: registryUrl });
      const log = kafkaLog({ brokers, registry });
      await log.createTopic(topic, { partitions: 2 });
      const encoders = [
        avroEncoder(Play, await registry.register(`${topic}-value`, Play.schema)),
        avroEncoder(Tagged, await registry.register(`${topic}-value`, Tagged.schema)),
      ] as const;
      const plain = (id: number): NewRecord => ({
        key: String(id),
        value: encoders[0].encode({ id, at: id }),
      });
      const tagged = (id: number): NewRecord => ({
        key: String(id),
        value: encoders[1].encode({ id, at: id, tag: 'new' }),
      });
      await log.publish(topic, before.map(plain));

      const fresh = confluentRegistry({ url: registryUrl, patience: 200 });
      const reading = kafkaLog({ brokers, registry: registryOf(fresh) });
      const into = memorySink<number>();
      let retries = 0;
      const job = startJob({
        name: topic,
        from: reading.topic(topic, Play),
        through: (plays$) => plays$.pipe(map(({ value }) => value.id)),
        into,
        onError: { retry: { attempts: Number.POSITIVE_INFINITY, firstDelay: 50, maxDelay: 200 } },
        onRetry: () => retries++,
      });
      const settled = (count: number) =>
        expect.poll(() => into.rows.length + into.dead.length, { timeout: 60_000 }).toBe(count);
      try {
        await settled(before.length);
        await kafka().kill('SIGKILL', 'registry');
        await log.publish(
          topic,
          during.map((id) => (id % 2 ? tagged(id) : plain(id))),
        );
        await isOver(() => retries, into);
        await kafka().restart('registry');
        await settled(ids.length);
      } finally {
        job.stop();
        await job.done;
        await Promise.all([log.close(), reading.close()]);
      }
      return {
        events: ids.length,
        expected: ids.map(String),
        actual: into.rows.map(String),
      };
    };

    it('costs a job no event, and repeats none', async ({ task }) => {
      // The job has tried several times before the registry is there again.
      const tried = (retries: () => number) =>
        expect.poll(retries, { timeout: 60_000 }).toBeGreaterThan(3);
      expectUnharmed(task, 'registry killed, new schema', await outage((same) => same, tried));
    });

    it('would cost events if it were taken for an unknown id', async ({ task }) => {
      const died = (_: unknown, { dead }: MemorySink<number>) =>
        expect.poll(() => dead.length, { timeout: 60_000 }).toBeGreaterThan(0);
      expectHarmed(
        task,
        'registry killed, new schema',
        'outage is an unknown id',
        await outage(impatient, died),
      );
    });
  },
  { registry: true },
);
