import { describe, expect, it } from 'vitest';
import { partitionOf } from '../../adapter/partition-of.ts';
import { targetPartition } from '../../adapter/target-partition.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { isWatermarkRecord, readWatermark } from '../../codec/watermark-record.ts';
import {
  FencedError,
  ForeignWriterError,
  OffsetOutOfRangeError,
  OptionError,
  TopicRecreatedError,
} from '../../contract/errors.ts';
import type { EventLog, NewRecord } from '../../contract/event-log.ts';
import type { Sink } from '../../contract/sink.ts';
import type { Folder } from '../../durable/folder.ts';
import { memoryFolder } from '../../durable/memory-folder.ts';
import { faultyFolder } from '../../fixtures/faulty-folder.ts';
import {
  ContractEvent,
  logSinkUnderTest,
  TARGET,
  TARGET_PARTITIONS,
  targetRecords,
  targetRows,
} from '../../fixtures/log-sink-under-test.ts';
import { type NaiveOrder, naiveLogSink } from '../../fixtures/naive-log-sink.ts';
import { OFFSETS, workThrough } from '../../fixtures/numbered-work.ts';
import { memoryLog } from '../../log/memory/memory-log.ts';
import { commitOf, deadLetter, namedRows, outputOf, row } from '../../testing/contract-output.ts';
import type { ContractRow } from '../../testing/contract-row.ts';
import { Crash, seededChaos } from '../../testing/seeded-chaos.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { sinkContract } from '../../testing/sink-contract.ts';
import type { SinkUnderTest } from '../../testing/sink-harness.ts';
import { LogAppender } from './log-appender.ts';
import { appendingSink, logSink } from './log-sink.ts';

async function targetLog(): Promise<EventLog> {
  const log = memoryLog();
  await log.createTopic(TARGET, { partitions: TARGET_PARTITIONS });
  return log;
}

async function openLogSink(): Promise<SinkUnderTest> {
  const log = memoryLog();
  return logSinkUnderTest(log, memoryFolder(), () => log.close());
}

describe('logSink into a topic that was deleted and made again', () => {
  const task = { job: 'plays', partition: 0 };
  const committed = async () => {
    const log = await targetLog();
    const sink = logSink(log.topic(TARGET, ContractEvent));
    const owner = await sink.open(task);
    await owner.commit(commitOf(1), outputOf({ rows: [row('a'), row('b')] }));
    await log.deleteTopic(TARGET);
    await log.createTopic(TARGET, { partitions: TARGET_PARTITIONS });
    return { log, owner };
  };
  const refusal =
    'topic target was deleted and made again since jobs last wrote to it, and lacks what they have committed: give the jobs that write to it new names and their sinks another dir, under which they start over';

  it('refuses to go on, and appends nothing', async () => {
    const { log, owner } = await committed();
    const commit = owner.commit(commitOf(2), outputOf({ rows: [row('c')] }));
    await expect(commit).rejects.toThrow(TopicRecreatedError);
    await expect(commit).rejects.toThrow(refusal);
    await expect(logSink(log.topic(TARGET, ContractEvent)).open(task)).rejects.toThrow(refusal);
    expect(await targetRows(log)).toEqual([]);
  });

  it('refuses it in another process, also when it has as many records as before', async () => {
    const log = await targetLog();
    const folder = memoryFolder();
    const sink = () =>
      appendingSink(log.topic(TARGET, ContractEvent), new LogAppender(log, folder));
    await (await sink().open(task)).commit(commitOf(1), outputOf({ rows: [row('a')] }));
    const before: NewRecord[] = [];
    for (let partition = 0; partition < TARGET_PARTITIONS; partition++)
      for (const record of await targetRecords(log, partition))
        before.push({ ...record, partition });
    await log.deleteTopic(TARGET);
    await log.createTopic(TARGET, { partitions: TARGET_PARTITIONS });
    await log.publish(TARGET, before);
    await expect(sink().open(task)).rejects.toThrow(refusal);
  });
});

describe('logSink', () => {
  for (const { name, run } of sinkContract({ open: openLogSink, faults: ['midway', 'reply lost'] }))
    it(name, run);

  const task = { job: 'rekey', partition: 1, partitions: 2 };

  it('tells every partition of its watermark: before its first row, then behind each that moved it', async () => {
    const log = await targetLog();
    const topic = log.topic(TARGET, ContractEvent);
    const owner = await logSink(topic).open(task);
    await owner.commit(commitOf(1, { watermark: 10 }), outputOf({ rows: [row('a')] }));
    await owner.commit(commitOf(2, { watermark: 10 }), outputOf({ rows: [row('a')] }));
    const again = await logSink(topic).open(task);
    await again.commit(commitOf(3, { watermark: 30 }), outputOf({ rows: [row('a')] }));
    await again.commit(commitOf(4, { watermark: 40 }), outputOf({}));
    const seen: unknown[][] = [];
    for (let partition = 0; partition < TARGET_PARTITIONS; partition++) {
      const records = await targetRecords(log, partition);
      seen.push(
        records.map((record) =>
          isWatermarkRecord(record) ? readWatermark(record).watermark : record.key,
        ),
      );
      expect(records.filter(isWatermarkRecord).map(readWatermark)[0]).toEqual({
        writer: 'rekey/1',
        writers: 2,
        watermark: Number.NEGATIVE_INFINITY,
      });
    }
    const withRows = [Number.NEGATIVE_INFINITY, 'a', 10, 'a', 'a', 30, 40];
    const without = [Number.NEGATIVE_INFINITY, 10, 30, 40];
    const target = partitionOf('a', TARGET_PARTITIONS);
    expect(seen).toEqual(seen.map((_, p) => (p === target ? withRows : without)));
  });

  it('writes rows and nothing else without watermarks', async () => {
    const log = await targetLog();
    const sink = logSink(log.topic(TARGET, ContractEvent), { watermarks: false });
    const owner = await sink.open(task);
    await owner.commit(commitOf(1, { watermark: 10 }), outputOf({ rows: [row('a')] }));
    await owner.commit(commitOf(2, { watermark: 20 }), outputOf({}));
    const records: NewRecord[] = [];
    for (let partition = 0; partition < TARGET_PARTITIONS; partition++)
      records.push(...(await targetRecords(log, partition)));
    expect(records.map(({ key }) => key)).toEqual(['a']);
    expect(sink.target).not.toBe(logSink(log.topic(TARGET, ContractEvent)).target);
  });

  it('writes watermarks to those of its topics that carry them', async () => {
    const log = await targetLog();
    await log.createTopic('results', { partitions: 1 });
    const results = logSink(log.topic('results', ContractEvent), { watermarks: false });
    const sink = logSink(log.topic(TARGET, ContractEvent));
    const owner = await sink.open(task, new Map([['results', results as Sink<never>]]));
    const named = namedRows({ results: [row('b')] });
    const rows = outputOf({ rows: [row('a')] });
    await owner.commit(commitOf(1, { watermark: 10 }), { ...rows, named });
    const read = async (topic: string) =>
      (await targetRecords(log, 0, topic)).map(isWatermarkRecord);
    expect(await read('results')).toEqual([false]);
    expect(await read(TARGET)).toContain(true);
  });

  it('refuses two outputs into one topic with and without watermarks', async () => {
    const topic = (await targetLog()).topic(TARGET, ContractEvent);
    const silent = logSink(topic, { watermarks: false }) as Sink<never>;
    await expect(logSink(topic).open(task, new Map([['late', silent]]))).rejects.toThrow(
      'output late and another write to topic target with and without watermarks: give it a topic of its own',
    );
    expect(() => logSink(topic, { watermarks: 'no' as never })).toThrow(
      'watermarks is true or false, got no',
    );
  });

  it('finishes in the next commit, of whichever task, what an append left', async () => {
    const log = await targetLog();
    let failing = true;
    const half: EventLog = {
      ...log,
      async publish(topic, records) {
        if (!failing) return log.publish(topic, records);
        failing = false;
        await log.publish(
          topic,
          records.filter((each) => targetPartition(TARGET, TARGET_PARTITIONS, each) === 0),
        );
        throw new Error('no space left');
      },
    };
    const sink = logSink<ContractRow>(typedTopic(half, TARGET, ContractEvent));
    const rows = Array.from({ length: 20 }, (_, i) => row(`row ${i}`));
    const one = await sink.open({ job: 'plays', partition: 0 });
    const other = await sink.open({ job: 'plays', partition: 1 });
    await expect(one.commit(commitOf(1), outputOf({ rows }))).rejects.toThrow('no space left');
    expect((await targetRows(log)).length).toBeLessThan(20);
    await other.commit(commitOf(1), outputOf({ rows: [row('other')] }));
    expect((await targetRows(log)).map(({ id }) => id).sort()).toEqual(
      [...rows.map(({ id }) => id), 'other'].sort(),
    );
    expect((await sink.open({ job: 'plays', partition: 0 })).checkpoint?.epoch).toBe(1);
  });

  it('gives the dead letters of a job back', async () => {
    const sink = logSink((await targetLog()).topic(TARGET, ContractEvent));
    await (await sink.open(task)).commit(commitOf(1), outputOf({ dead: [deadLetter(1)] }));
    const [letter] = await sink.deadLetters('rekey');
    expect(letter).toEqual({ ...deadLetter(1), raw: Buffer.from(deadLetter(1).raw) });
  });

  it('refuses a topic that something else writes to', async () => {
    const log = await targetLog();
    const topic = log.topic(TARGET, ContractEvent);
    const owner = await logSink(topic).open(task);
    await topic.publish([row('foreign')]);
    await expect(owner.commit(commitOf(1), outputOf({ rows: [row('a')] }))).rejects.toThrow(
      ForeignWriterError,
    );
    await expect(logSink(topic).open(task)).rejects.toThrow('ends at 1, and at 0 by what its jobs');
  });

  it('refuses a topic that has lost what was committed', async () => {
    const log = await targetLog();
    const shorter: EventLog = { ...(await targetLog()), topicId: log.topicId };
    const folder = memoryFolder();
    const sinkOn = (on: EventLog) =>
      appendingSink(on.topic(TARGET, ContractEvent), new LogAppender(on, folder));
    const owner = await sinkOn(log).open(task);
    await owner.commit(commitOf(1), outputOf({ rows: [row('a')] }));
    await owner.commit(commitOf(2), outputOf({ rows: [row('a')] }));
    await expect(sinkOn(shorter).open(task)).rejects.toThrow(OffsetOutOfRangeError);
  });

  it('refuses a topic that has another number of partitions than when it was last written to', async () => {
    const log = await targetLog();
    const wider: EventLog = { ...memoryLog(), topicId: log.topicId };
    await wider.createTopic(TARGET, { partitions: TARGET_PARTITIONS + 1 });
    const folder = memoryFolder();
    const sinkOn = (on: EventLog) =>
      appendingSink(on.topic(TARGET, ContractEvent), new LogAppender(on, folder));
    await (await sinkOn(log).open(task)).commit(commitOf(1), outputOf({ rows: [row('a')] }));
    await expect(sinkOn(wider).open(task)).rejects.toThrow(
      'topic target has 4 partitions, and had 3 when a job last wrote to it',
    );
  });

  it('refuses a job that would feed itself, and a topic that does not exist', async () => {
    const log = await targetLog();
    const owner = await logSink(log.topic(TARGET, ContractEvent)).open(task);
    await expect(owner.commit(commitOf(1, { next: { target: 1 } }), outputOf({}))).rejects.toThrow(
      'job rekey reads topic target and writes to it',
    );
    await expect(logSink(log.topic('nowhere', ContractEvent)).open(task)).rejects.toThrow(
      'there is no topic nowhere',
    );
  });

  it('refuses a second folder for a topic, and an empty one', async () => {
    const topic = (await targetLog()).topic(TARGET, ContractEvent);
    logSink(topic, { dir: 'here' });
    expect(() => logSink(topic, { dir: 'there' })).toThrow(OptionError);
    expect(() => logSink(topic, { dir: '' })).toThrow('dir is the folder of the checkpoints');
    expect(() => logSink(topic, { dir: './here' })).not.toThrow();
  });
});

type MakeSink = (log: EventLog, folder: Folder) => Sink<ContractRow>;

const TASKS = [0, 1];

/**
 * Processes one after the other run two tasks with one or two owners each, which crash at any step,
 * as do appends to the log, in part; then one that nothing disturbs finishes.
 */
async function trial(seed: number, makeSink: MakeSink): Promise<string> {
  const random = seededRandom(seed);
  const chaos = seededChaos(random);
  const log = await targetLog();
  const folder = memoryFolder();
  const shaken: EventLog = {
    ...log,
    async publish(topic, records) {
      await chaos.step();
      const some = new Set(TASKS.concat(2).filter(() => random() < 0.5));
      const part = (share: (record: NewRecord) => boolean) =>
        log.publish(topic, records.filter(share));
      await part((each) => some.has(targetPartition(TARGET, TARGET_PARTITIONS, each)));
      await chaos.step();
      await part((each) => !some.has(targetPartition(TARGET, TARGET_PARTITIONS, each)));
      await chaos.step();
    },
  };
  const work = async (sink: Sink<ContractRow>, partition: number) =>
    workThrough(await sink.open({ job: 'trial', partition, partitions: 2 }), random, (offset) =>
      row(`${partition}/${offset}`),
    );
  for (let process = 0; process < 6; process++) {
    const sink = makeSink(shaken, faultyFolder(folder, chaos.step));
    const owners = TASKS.concat(random() < 0.5 ? TASKS : []);
    await Promise.all(
      owners.map((partition) =>
        work(sink, partition).catch((cause) => {
          if (!(cause instanceof Crash || cause instanceof FencedError)) throw cause;
        }),
      ),
    );
  }
  chaos.calm();
  const sink = makeSink(log, folder);
  for (const partition of TASKS) await work(sink, partition);
  return JSON.stringify((await targetRows(log)).map(({ id }) => id).sort());
}

const expected = JSON.stringify(
  TASKS.flatMap((task) => Array.from({ length: OFFSETS }, (_, i) => `${task}/${i}`)).sort(),
);

async function wrongOutputs(seeds: number, makeSink: MakeSink): Promise<number> {
  let wrong = 0;
  for (let seed = 1; seed <= seeds; seed++)
    if ((await trial(seed, makeSink).catch(String)) !== expected) wrong++;
  return wrong;
}

const exactlyOnce: MakeSink = (log, folder) =>
  appendingSink(log.topic(TARGET, ContractEvent), new LogAppender(log, folder));

const naive =
  (order: NaiveOrder): MakeSink =>
  (log, folder) =>
    naiveLogSink(typedTopic(log, TARGET, ContractEvent), folder, order);

describe('logSink, with crashes at every step', () => {
  it('appends every row once', async () => {
    expect(await wrongOutputs(200, exactlyOnce)).toBe(0);
  }, 60_000);

  it.each(['append first', 'checkpoint first'] as const)(
    'would be wrong with the %s',
    async (order) => {
      expect(await wrongOutputs(20, naive(order))).toBeGreaterThan(0);
    },
    60_000,
  );
});
