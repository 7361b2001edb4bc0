import { describe, expect, it } from 'vitest';
import { FencedError } from '../../contract/errors.ts';
import type { Folder } from '../../durable/folder.ts';
import { memoryFolder } from '../../durable/memory-folder.ts';
import { faultyFolder } from '../../fixtures/faulty-folder.ts';
import { type NumberedRow, OFFSETS, workThrough } from '../../fixtures/numbered-work.ts';
import { storedFiles } from '../../fixtures/stored-files.ts';
import { Crash, seededChaos } from '../../testing/seeded-chaos.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { folderSink } from '../file/file-sink.ts';

const task = { job: 'trial', partition: 0 };

/** One to three owners open the task, work and crash at any step; then one that nothing disturbs finishes it. */
async function trial(seed: number, flawed: (folder: Folder) => Folder): Promise<string> {
  const random = seededRandom(seed);
  const chaos = seededChaos(random);
  const folder = flawed(memoryFolder());
  const shaken = faultyFolder(folder, chaos.step);
  const live = async () => {
    for (let lives = 0; lives < 5; lives++) {
      try {
        await workThrough(await folderSink<NumberedRow>(shaken).open(task), random);
      } catch (cause) {
        if (!(cause instanceof Crash || cause instanceof FencedError)) throw cause;
      }
    }
  };
  await Promise.all(Array.from({ length: 1 + (seed % 3) }, live));
  chaos.calm();
  await workThrough(await folderSink<NumberedRow>(folder).open(task), random);
  const { rows, counts } = await storedFiles(folder);
  const { checkpoint } = await folderSink<NumberedRow>(folder).open(task);
  return JSON.stringify({
    rows: rows.map(({ offset }) => offset).sort((a, b) => Number(a) - Number(b)),
    state: checkpoint?.state.flatMap((bytes) => [...bytes]).sort((a, b) => a - b),
    next: checkpoint?.next,
    counts,
  });
}

const offsets = Array.from({ length: OFFSETS }, (_, i) => i);
const expected = JSON.stringify({
  rows: offsets,
  state: offsets,
  next: { plays: OFFSETS },
  counts: { trial: { in: OFFSETS } },
});

async function wrongOutputs(seeds: number, flawed: (folder: Folder) => Folder): Promise<number> {
  let wrong = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = await trial(seed, flawed).catch((cause: Error) => cause.message);
    if (outcome !== expected) wrong++;
  }
  return wrong;
}

/** Changes what a folder does, in it and in every folder below it. */
function altered(folder: Folder, change: (folder: Folder) => Partial<Folder>): Folder {
  return { ...folder, ...change(folder), sub: (path) => altered(folder.sub(path), change) };
}

describe('a task whose checkpoint is files', () => {
  it('is exactly once, with crashes and pauses at every step and up to three owners', async () => {
    expect(await wrongOutputs(400, (folder) => folder)).toBe(0);
  }, 60_000);

  it('would be wrong if an entry could be added twice', async () => {
    const replacing = (folder: Folder) => ({
      create: async (path: string, content: string) => {
        await folder.write(path, Buffer.from(content));
        return true;
      },
    });
    expect(await wrongOutputs(60, (folder) => altered(folder, replacing))).toBeGreaterThan(0);
  }, 60_000);

  it('would be wrong if the number of an entry were free again once its file is removed', async () => {
    const withoutFloor = (folder: Folder) => ({
      list: async (path: string) =>
        (await folder.list(path)).filter((name) => !name.startsWith('floor.')),
    });
    expect(await wrongOutputs(400, (folder) => altered(folder, withoutFloor))).toBeGreaterThan(0);
  }, 60_000);

  it('would be wrong if what was committed were removed as a leftover', async () => {
    const forgetful = () => ({ move: async () => {} });
    expect(await wrongOutputs(10, (folder) => altered(folder, forgetful))).toBe(10);
  }, 60_000);
});
