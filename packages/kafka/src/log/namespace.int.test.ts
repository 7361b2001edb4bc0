import { randomUUID } from 'node:crypto';
import {
  defineEvent,
  type EventLog,
  memoryRegistry,
  OptionError,
  run,
  type SchemaRegistry,
  UnknownTopicError,
} from '@streamify/core';
import { emptyOutput, logContract } from '@streamify/core/testing';
import type { Admin } from 'kafkajs';
import { map } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithKafka } from '../testing/describe-with-kafka.ts';
import { commitOf, recordsOf, rowsOf } from '../testing/kafka-sink-under-test.ts';
import { kafkaLog } from './kafka-log.ts';

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'song', type: 'string' },
    ],
  },
  { time: 'at', key: 'song' },
);

describeWithKafka('a Kafka log with a namespace', (kafka) => {
  const namespaced = () =>
    kafkaLog({
      brokers: kafka().brokers,
      registry: memoryRegistry(),
      namespace: 'contract.of.logs',
    });

  describe('keeps the contract of logs', () => {
    const openLog = async () => namespaced();
    for (const { name, run: check } of logContract({ open: openLog, reopen: openLog }))
      it(name, check);
  });

  describe('beside others on a cluster', () => {
    let logs: EventLog[];
    let admin: Admin;
    let subjects: string[];
    let registry: SchemaRegistry;
    beforeEach(async () => {
      logs = [];
      admin = new Kafka({ brokers: kafka().brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      subjects = [];
      const schemas = memoryRegistry();
      registry = {
        ...schemas,
        register(subject, schema) {
          subjects.push(subject);
          return schemas.register(subject, schema);
        },
      };
    });
    afterEach(async () => {
      for (const log of logs) await log.close();
      await admin.disconnect();
    });

    const open = (namespace: string) => {
      const group = { sessionTimeout: 6_000 };
      const log = kafkaLog({ brokers: kafka().brokers, registry, namespace, group });
      logs.push(log);
      return log;
    };

    /** Publishes one play, and lands it in another topic of the same log. */
    async function landIn(log: EventLog, song: string): Promise<void> {
      for (const topic of ['plays', 'landed']) await log.createTopic(topic, { partitions: 2 });
      await log.topic('plays', Play).publish([{ at: 0, song }]);
      await run({
        name: 'land plays',
        from: log.topic('plays', Play),
        through: map(({ value }) => value),
        into: kafkaSink(log.topic('landed', Play)),
        atEnd: 'stop',
      });
    }

    const landed = async (log: EventLog) => {
      const rows = await rowsOf(log.topic('landed', Play), (await recordsOf(log, 'landed')).flat());
      return rows.map(({ song }) => song);
    };

    it('is read by short names, and holds nothing of the others', async () => {
      const [one, other] = [open(`one-${randomUUID()}`), open(`other-${randomUUID()}`)];
      await landIn(one, 'Imagine');
      await landIn(other, 'Halo');
      expect(await landed(one)).toEqual(['Imagine']);
      expect(await landed(other)).toEqual(['Halo']);
      await one.deleteTopic('landed');
      expect(await one.partitions('landed')).toBeUndefined();
      expect(await landed(other)).toEqual(['Halo']);
      const bare = kafkaLog({ brokers: kafka().brokers });
      logs.push(bare);
      expect(await bare.partitions('land_20plays.checkpoints')).toBeUndefined();
    });

    it('names all that it and its sinks have in Kafka', async () => {
      const namespace = `one-${randomUUID()}`;
      const own = (names: readonly string[]) =>
        names.filter((name) => name.startsWith(`${namespace}.`)).sort();
      const log = open(namespace);
      await landIn(log, 'Imagine');
      expect(own(await admin.listTopics())).toEqual(
        [
          'land_20plays.checkpoints',
          'land_20plays.dead-letters',
          'land_20plays.side-outputs',
          'landed',
          'plays',
        ].map((name) => `${namespace}.${name}`),
      );
      const listener = { assigned: () => undefined, revoked: async () => undefined };
      const assignment = await log.assign('land plays', ['plays'], listener);
      const { groups } = await admin.listGroups();
      await assignment.close();
      expect(own(groups.map(({ groupId }) => groupId))).toEqual([`${namespace}.land plays`]);
      expect(new Set(subjects)).toEqual(
        new Set([`${namespace}.plays-value`, `${namespace}.landed-value`]),
      );
    });

    it('does not fence a job of the same name in another', async () => {
      const owners = [];
      for (const log of [open(`one-${randomUUID()}`), open(`other-${randomUUID()}`)]) {
        await log.createTopic('landed', { partitions: 1 });
        const sink = kafkaSink(log.topic('landed', Play));
        owners.push({ log, owner: await sink.open({ job: 'land plays', partition: 0 }) });
      }
      for (const [i, { log, owner }] of owners.entries()) {
        const cause = { topic: 'plays', partition: 0, offset: 0 };
        const rows = [{ at: 0, song: `song ${i}` }];
        const counts = { in: 1, out: 1 };
        await owner.commit(commitOf(1), { ...emptyOutput, rows, causes: [cause], counts });
        await owner.close();
        expect(await landed(log)).toEqual([`song ${i}`]);
      }
    });

    it('tells what is missing by its short name', async () => {
      const log = open(`one-${randomUUID()}`);
      await expect(log.publish('missing', [])).rejects.toThrow(
        "there is no topic missing; create it first: createTopic('missing'",
      );
      await expect(log.reader('missing', 0)).rejects.toThrow(UnknownTopicError);
    });

    it('refuses a name that is too long with it', async () => {
      const log = open('n'.repeat(200));
      await expect(log.createTopic('t'.repeat(49), { partitions: 1 })).rejects.toThrow(OptionError);
    });
  });
});

describe('the namespace of a Kafka log', () => {
  it.each(['', 'a/b', 'a b'])('is not %j', (namespace) => {
    expect(() => kafkaLog({ brokers: ['a:1'], namespace })).toThrow('namespace has letters');
  });
});
