import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { playsLog, type Result, troubledPipeline, troubledPlays } from '@streamify/test-kit/plays';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../contract/sink.ts';
import type { Folder } from '../durable/folder.ts';
import { nodeFolder } from '../durable/node-folder.ts';
import { JOB, undisturbed } from '../fixtures/delivered.ts';
import { faultyFolder } from '../fixtures/faulty-folder.ts';
import { naiveFileSink } from '../fixtures/naive-file-sink.ts';
import { deliveredFiles } from '../fixtures/troubled-folder.ts';
import { run } from '../job/run.ts';
import { folderSink } from '../sink/file/file-sink.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';

const fault = 'each file refused once, file sink';
const plays = troubledPlays(400);

let expected: readonly string[];
let dir: string;
beforeAll(async () => {
  expected = await undisturbed(plays);
});
beforeEach(async () => {
  dir = await temporaryFolder();
});

/** Runs the job again and again; each run ends at a file that cannot be made or moved, which comes one later each time. */
async function deliver(sinkOn: (folder: Folder) => Sink<Result>) {
  const { topic } = await playsLog(plays);
  for (let reach = 1; ; reach++) {
    let left = reach;
    const folder = faultyFolder(nodeFolder(join(dir, 'out')), ({ moment, operation, path }) => {
      if (moment === 'after' || !['write', 'create', 'move'].includes(operation)) return;
      if (--left === 0) throw new Error(`ENOSPC: no space left on device, ${operation} '${path}'`);
    });
    const end = await run({
      name: JOB,
      from: topic,
      through: troubledPipeline,
      into: sinkOn(folder),
      atEnd: 'complete',
      epoch: { maxRecords: 40 },
    }).catch((cause: unknown) => cause);
    if (!(end instanceof Error)) break;
    expect(end.message).toContain('no space left on device');
  }
  return { events: plays.length, expected, actual: await deliveredFiles(dir) };
}

describe('a folder that refuses one file after the other', () => {
  it('costs the file sink nothing', async ({ task }) => {
    expectUnharmed(task, fault, await deliver((folder) => folderSink<Result>(folder)));
  });

  it('doubles rows of a sink that writes its checkpoint behind them', async ({ task }) => {
    const outcome = await deliver((folder) => naiveFileSink<Result>(folder));
    expectHarmed(task, fault, 'rows and checkpoint apart', outcome);
  });
});
