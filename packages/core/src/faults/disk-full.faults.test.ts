import { join } from 'node:path';
import { type SmallDisk, smallDisk, whyNoSmallDisk } from '@streamify/test-kit';
import {
  Play,
  playsLog,
  type Result,
  Sum,
  troubledPipeline,
  troubledPlays,
} from '@streamify/test-kit/plays';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventLog } from '../contract/event-log.ts';
import type { Sink } from '../contract/sink.ts';
import { nodeFolder } from '../durable/node-folder.ts';
import { JOB, undisturbed } from '../fixtures/delivered.ts';
import { naiveFileSink } from '../fixtures/naive-file-sink.ts';
import {
  deliveredFiles,
  deliveredRecords,
  publishPlays,
  TARGET_PARTITIONS,
} from '../fixtures/troubled-folder.ts';
import { run } from '../job/run.ts';
import { fileLog } from '../log/file/file-log.ts';
import { fileSink } from '../sink/file/file-sink.ts';
import { logSink } from '../sink/log/log-sink.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';

const PAGE = 4_096;
const plays = troubledPlays(400);
const skipped = whyNoSmallDisk();

let expected: readonly string[];
let disk: SmallDisk;
beforeAll(async () => {
  expected = await undisturbed(plays);
});

/** Runs the job with ever more room on the disk, so that it is full at ever later points; then with room enough. */
async function runOutOfSpace(attempt: () => Promise<unknown>): Promise<void> {
  let failures = 0;
  for (let pages = 0; pages < 40; pages++) {
    await disk.fill(pages * PAGE);
    const end = await attempt().catch((cause: unknown) => cause);
    await disk.release();
    if (!(end instanceof Error)) continue;
    expect(end).toMatchObject({
      code: 'ENOSPC',
      message: expect.stringContaining('no space left'),
    });
    failures++;
  }
  expect(failures).toBeGreaterThan(5);
  await attempt();
}

describe.skipIf(skipped)(`a disk that is full again and again${skipped}`, () => {
  beforeEach(() => {
    disk = smallDisk(2_000_000);
  });
  afterEach(() => disk.close());

  const jobInto = (log: EventLog, into: Sink<Result>) =>
    run({
      name: JOB,
      from: log.topic('plays', Play),
      through: troubledPipeline,
      into,
      atEnd: 'complete',
      epoch: { maxRecords: 20 },
    });

  it('costs the file sink nothing', async ({ task }) => {
    const { log } = await playsLog(plays);
    await runOutOfSpace(() => jobInto(log, fileSink<Result>({ dir: join(disk.dir, 'out') })));
    const actual = await deliveredFiles(disk.dir);
    expectUnharmed(task, 'disk full, file sink', { events: plays.length, expected, actual });
  });

  it('doubles rows of a sink that writes its checkpoint behind them', async ({ task }) => {
    const { log } = await playsLog(plays);
    const out = nodeFolder(join(disk.dir, 'out'));
    await runOutOfSpace(() => jobInto(log, naiveFileSink<Result>(out)));
    const actual = await deliveredFiles(disk.dir);
    expectHarmed(task, 'disk full, file sink', 'rows and checkpoint apart', {
      events: plays.length,
      expected,
      actual,
    });
  });

  it('costs the log sink nothing', async ({ task }) => {
    await publishPlays(disk.dir, plays);
    const attempt = async () => {
      const log = await fileLog({ dir: join(disk.dir, 'log'), durability: 'os' });
      try {
        await log.createTopic('sums', { partitions: TARGET_PARTITIONS });
        const sums = log.topic('sums', Sum);
        await jobInto(log, logSink<Sum>(sums, { dir: join(disk.dir, 'sinks') }));
      } finally {
        await log.close();
      }
    };
    await runOutOfSpace(attempt);
    const actual = await deliveredRecords(disk.dir, join(disk.dir, 'sinks'));
    expectUnharmed(task, 'disk full, log sink', { events: plays.length, expected, actual });
  });

  it('costs the file log nothing that it has acknowledged', async ({ task }) => {
    let log = await fileLog({ dir: disk.dir });
    await log.createTopic('plays', { partitions: 1 });
    const acknowledged: string[] = [];
    let published = 0;
    await runOutOfSpace(async () => {
      for (let i = 0; i < 30; i++) {
        const value = `${published++} `.padEnd(1_500, 'x');
        await log.publish('plays', [{ key: 'k', value: Buffer.from(value) }]);
        acknowledged.push(value);
      }
    });
    await log.close();
    log = await fileLog({ dir: disk.dir });
    const reader = await log.reader('plays', 0);
    const all = { from: 0, maxRecords: 1e6, maxBytes: 1e9, maxWait: 0 };
    const { records } = await reader.poll(all);
    await log.close();
    expectUnharmed(task, 'disk full, file log', {
      events: published,
      expected: acknowledged,
      actual: records.map(({ value }) => Buffer.from(value).toString()),
    });
  });
});
