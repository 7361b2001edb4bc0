import { join } from 'node:path';
import { bundleWorker, temporaryFolder, type Worker } from '@streamify/test-kit';
import { Play, plays } from '@streamify/test-kit/plays';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { avroDecoder } from '../../codec/avro-codec.ts';
import { isWatermarkRecord } from '../../codec/watermark-record.ts';
import type { EventLog } from '../../contract/event-log.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { logSinkUnderTest } from '../../fixtures/log-sink-under-test.ts';
import { fileLog } from '../../log/file/file-log.ts';
import { commitOf, outputOf } from '../../testing/contract-output.ts';
import { sinkContract } from '../../testing/sink-contract.ts';
import type { SinkUnderTest } from '../../testing/sink-harness.ts';
import { logSink } from './log-sink.ts';
import type { LogSinkJob } from './log-sink.worker.ts';

const EVENTS = 600;

let worker: Worker<LogSinkJob>;
beforeAll(async () => {
  worker = await bundleWorker(new URL('log-sink.worker.ts', import.meta.url));
});
afterAll(() => worker.close());

let dir: string;
beforeEach(async () => {
  dir = await temporaryFolder();
  const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
  await log.createTopic('plays', { partitions: 2 });
  await log.topic('plays', Play).publish(plays(EVENTS));
  await log.close();
});

/** The ids in the target topic, partition by partition. */
async function targetIds(log: EventLog): Promise<number[][]> {
  const decoder = avroDecoder(Play, log.registry);
  const ids: number[][] = [];
  for (let partition = 0; partition < 3; partition++) {
    const reader = await log.reader('target', partition);
    const all = { from: 0, maxRecords: 1e6, maxBytes: 1e9, maxWait: 0 };
    const events = (await reader.poll(all)).records.filter((record) => !isWatermarkRecord(record));
    await decoder.prepare(events);
    ids.push(events.map((record) => decoder.decode(record).id));
  }
  return ids;
}

async function afterKills(sink: LogSinkJob['sink']): Promise<number[][]> {
  for (const point of ['before', 'within', 'after', 'within', 'before'] as const)
    expect(await worker.run({ dir, point, sink })).toMatchObject({ signal: 'SIGKILL' });
  expect(await worker.run({ dir, sink })).toMatchObject({ code: 0, stderr: '' });
  const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
  const ids = await targetIds(log);
  await log.close();
  return ids;
}

describe('a process that is killed while it appends', () => {
  it('leaves every row once, in the order of its key, when others went on', async () => {
    const ids = await afterKills('exactly once');
    expect(ids.flat().sort((a, b) => a - b)).toEqual(plays(EVENTS).map(({ id }) => id));
    for (const partition of ids)
      for (let listener = 0; listener < 7; listener++) {
        const own = partition.filter((id) => id % 7 === listener);
        expect(own).toEqual([...own].sort((a, b) => a - b));
      }
  });

  it('would leave rows twice if the offsets were not known beforehand', async () => {
    const ids = (await afterKills('naive')).flat();
    expect(new Set(ids).size).toBe(EVENTS);
    expect(ids.length).toBeGreaterThan(EVENTS);
  });
});

describe('logSink on a log in files', () => {
  const openLogSink = async (): Promise<SinkUnderTest> => {
    const place = await temporaryFolder();
    const log = await fileLog({ dir: join(place, 'log'), durability: 'os' });
    return logSinkUnderTest(log, nodeFolder(join(place, 'sinks')), () => log.close());
  };
  for (const { name, run } of sinkContract({ open: openLogSink, faults: ['midway', 'reply lost'] }))
    it(name, run);

  it('goes on after a restart, and refuses the topic when its folder is another', async () => {
    const open = async () => {
      const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
      await log.createTopic('target', { partitions: 3 });
      return { log, topic: log.topic('target', Play) };
    };
    const task = { job: 'rekey', partition: 0, partitions: 1 };
    const rows = (first: number) => outputOf({ rows: plays(10, first) as never });
    for (const epoch of [1, 2, 3]) {
      const { log, topic } = await open();
      const owner = await logSink(topic, { dir: join(dir, 'sinks') }).open(task);
      expect(owner.checkpoint?.epoch ?? 0).toBe(epoch - 1);
      await owner.commit(commitOf(epoch), rows(epoch * 10) as never);
      await log.close();
    }
    const { log, topic } = await open();
    expect((await targetIds(log)).flat().length).toBe(30);
    await expect(logSink(topic, { dir: join(dir, 'elsewhere') }).open(task)).rejects.toThrow(
      'their folder is not the one they had',
    );
    await log.close();
  });
});
