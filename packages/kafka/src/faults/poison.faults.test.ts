import { randomUUID } from 'node:crypto';
import {
  defineEvent,
  type EventLog,
  type JobOptions,
  redrive,
  run,
  type SchemaRegistry,
  type StreamEvent,
} from '@streamify/core';
import { avroEncoder } from '@streamify/core/adapter';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { pipe, tap } from 'rxjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Kafka, logLevel } from '../client/kafkajs.ts';
import { kafkaLog } from '../log/kafka-log.ts';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { describeWithOwnKafka } from '../testing/describe-with-own-kafka.ts';
import { committedEvents, committedRecords, textOf } from './committed-records.ts';
import { countLine, countsOf } from './counts-of.ts';
import {
  createTopics,
  Play,
  PlayBySong,
  playLine,
  plays,
  registryOfPlays,
  trimmed,
} from './plays.ts';
import { allowingShortSessions, shortSessions } from './short-sessions.ts';

const fault = 'poison: bytes, schema ids, tombstones, foreign records, a throwing rule';
const PLAYS = 1_000;
const PARTITIONS = 2;

/** What a producer writes whose schema the registry does not have yet. */
const LatePlay = defineEvent(
  {
    ...Play.schema,
    fields: [...Play.schema.fields, { name: 'device', type: 'string', default: '' }],
  },
  { time: 'at', key: 'listener' },
);
const LATE_ID = 2;

const isThrowing = ({ id }: Play) => id % 100 === 50;
const isLate = ({ id }: Play) => id % 40 === 7;

/** What can be on a topic beside events, one kind after the other. */
const spoilt = (i: number): Buffer | null =>
  [
    null,
    Buffer.alloc(0),
    Buffer.of(0),
    Buffer.from('{"id":1,"song":"in JSON"}'),
    Buffer.of(0, 0, 0, 1, 44, i % 256, 1, 2, 3),
    Buffer.of(0, 0, 0, 0, 1, 255, 255, 255),
    Buffer.from(Array.from({ length: 40 }, (_, at) => (at === 0 ? 1 : (i * at) % 256))),
  ][i % 7] as Buffer | null;

const hex = (bytes: Uint8Array | null) => (bytes ? Buffer.from(bytes).toString('hex') : '');

describeWithOwnKafka(
  'records that no job can process',
  (kafka) => {
    let registry: SchemaRegistry;
    let log: EventLog;
    let from: string;
    let to: string;
    let unreadable: (Buffer | null)[];
    beforeEach(async () => {
      registry = await registryOfPlays();
      log = kafkaLog({ brokers: kafka().brokers, registry, group: shortSessions });
      const name = randomUUID();
      [from, to] = [`plays-${name}`, `clean-${name}`];
      await createTopics(log, PARTITIONS, from, to);
      unreadable = [];
      const encode = avroEncoder(Play, 1).encode;
      const encodeLate = avroEncoder(LatePlay, LATE_ID).encode;
      const messages = plays(PLAYS).flatMap((play) => {
        const value = isLate(play) ? encodeLate({ ...play, device: 'radio' }) : encode(play);
        const own = {
          key: play.listener,
          partition: play.id % PARTITIONS,
          value: Buffer.from(value),
        };
        if (play.id % 10 !== 3) return [own];
        const bytes = spoilt(unreadable.length);
        unreadable.push(bytes);
        const key = play.id % 20 === 3 ? null : 'spoilt';
        return [
          own,
          { key, partition: play.id % PARTITIONS, value: bytes, headers: { from: 'elsewhere' } },
        ];
      });
      const producer = new Kafka({
        brokers: kafka().brokers,
        logLevel: logLevel.NOTHING,
      }).producer();
      await producer.connect();
      await producer.send({ topic: from, messages });
      await producer.disconnect();
    });
    afterEach(() => log.close());

    const job = (isMended: boolean): JobOptions<Play, StreamEvent<Play>> => ({
      name: `clean-${from}`,
      from: log.topic(from, Play, { tombstones: 'dead-letter' }),
      through: pipe(
        tap(({ value }: StreamEvent<Play>) => {
          if (!isMended && isThrowing(value)) throw new TypeError(`cannot digest ${value.id}`);
        }),
        trimmed,
      ),
      into: kafkaSink(log.topic(to, PlayBySong)),
      atEnd: 'stop',
      epoch: { maxRecords: 100 },
    });
    const landed = async () =>
      (await committedEvents(kafka().brokers, to, PlayBySong)).map(playLine);
    const deadLetters = () => committedRecords(kafka().brokers, `clean-${from}.dead-letters`);
    const right = (isGood: (play: Play) => boolean) =>
      plays(PLAYS)
        .filter(isGood)
        .map((play) => playLine({ ...play, song: play.song.trim() }));
    const isGood = (play: Play) => !isThrowing(play) && !isLate(play);

    it('are dead letters with their bytes, and all the rest is right', async ({ task }) => {
      await run(job(false));
      const events = PLAYS + unreadable.length;
      const rows = right(isGood);
      const late = plays(PLAYS).filter(isLate).length;
      const throwing = plays(PLAYS).filter(isThrowing).length;
      const dead = unreadable.length + late + throwing;
      const letters = await deadLetters();
      const raw = letters.filter(({ headers }) => textOf(headers, 'from') === 'elsewhere');
      expectUnharmed(task, fault, {
        events,
        expected: [
          ...rows,
          ...unreadable.map((bytes) => `dead ${hex(bytes)}`),
          `dead letters: ${dead}`,
          ...[countLine('in', events), countLine('out', rows.length), countLine('dead', dead)],
        ],
        actual: [
          ...(await landed()),
          ...raw.map(({ value }) => `dead ${hex(value)}`),
          `dead letters: ${letters.length}`,
          ...(await countsOf(kafka().brokers, job(false).name)),
        ],
      });
    });

    it('come back by a redrive once they can be processed, each once', async ({ task }) => {
      await run(job(false));
      // Somebody registers the schema, and mends the rule.
      expect(await registry.register('', LatePlay.schema)).toBe(LATE_ID);
      const sink = kafkaSink(log.topic(to, PlayBySong));
      const letters = await sink.deadLetters(job(true).name);
      const summaries = [
        await redrive(job(true), letters),
        await redrive(job(true), letters),
        await redrive(job(true), await sink.deadLetters(job(true).name)),
      ];
      const mended = plays(PLAYS).filter((play) => !isGood(play)).length;
      const deadAgain = unreadable.length;
      expect(summaries).toEqual([
        { done: mended, doneBefore: 0, deadAgain },
        { done: 0, doneBefore: mended, deadAgain },
        // Those that came back are not open any more.
        { done: 0, doneBefore: 0, deadAgain },
      ]);
      expectUnharmed(task, fault, {
        events: PLAYS + unreadable.length,
        expected: right(() => true),
        actual: await landed(),
      });
    });

    it('end a job that is to fail at the first', async ({ task }) => {
      const failing = run({ ...job(false), onPoison: 'fail' });
      await expect(failing).rejects.toMatchObject({ code: 'STREAMIFY_POISON' });
      expectHarmed(task, fault, 'no dead letters', {
        events: PLAYS + unreadable.length,
        expected: right(isGood),
        actual: await landed(),
      });
    });
  },
  allowingShortSessions,
);
