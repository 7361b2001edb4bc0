import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../contract/errors.ts';
import type { EventLog } from '../../contract/event-log.ts';
import { logContract } from '../../testing/log-contract.ts';
import { type FileLogOptions, fileLog } from './file-log.ts';

const dirs = new WeakMap<EventLog, string>();

/** Opens file logs in folders of their own. */
function harness(options: Partial<FileLogOptions>) {
  const openIn = async (dir: string) => {
    const log = await fileLog({ ...options, dir });
    dirs.set(log, dir);
    return log;
  };
  const dirOf = (log: EventLog) => dirs.get(log) ?? '';
  return {
    open: async () => openIn(await mkdtemp(join(tmpdir(), 'streamify-log-'))),
    reopen: (log: EventLog) => openIn(dirOf(log)),
    dispose: (log: EventLog) => rm(dirOf(log), { recursive: true }),
  };
}

describe('fileLog', () => {
  for (const { name, run } of logContract(harness({}))) it(name, run);
});

describe('fileLog with a segment for each append', () => {
  for (const { name, run } of logContract(harness({ segmentBytes: 1, durability: 'os' })))
    it(name, run);
});

describe('fileLog with a clock', () => {
  it.each([1, 200, 1_000_000])(
    'finds the first record of a time in segments of %i bytes',
    async (segmentBytes) => {
      let now = 0;
      const { open, dispose } = harness({ segmentBytes, now: () => now });
      const log = await open();
      await log.createTopic('plays', { partitions: 1 });
      for (now = 100; now < 2_000; now += 100)
        for (const name of ['a', 'b'])
          await log.publish('plays', [{ key: name, value: new Uint8Array(20) }]);
      const reader = await log.reader('plays', 0);
      for (const [time, offset] of [
        [Number.NEGATIVE_INFINITY, 0],
        [100, 0],
        [101, 2],
        [1_000, 18],
        [1_899, 36],
        [1_900, 36],
        [1_901, 38],
      ] as const)
        expect(await reader.offsetAt(time), `at ${time}`).toBe(offset);
      await log.close();
      await dispose(log);
    },
  );
});

describe('fileLog as another process sees it', () => {
  const { open, reopen, dispose } = harness({});
  const follower = async (log: EventLog): Promise<EventLog> => {
    const reading = await fileLog({ dir: dirs.get(log) ?? '', mode: 'read' });
    const followed: EventLog = {
      ...log,
      reader: reading.reader,
      partitions: reading.partitions,
      assign: reading.assign,
      close: async () => {
        await Promise.all([reading.close(), log.close()]);
      },
    };
    dirs.set(followed, dirs.get(log) ?? '');
    return followed;
  };
  const cases = logContract({
    open: async () => follower(await open()),
    reopen: async (log) => follower(await reopen(log)),
    dispose,
  });
  for (const { name, run } of cases) it(name, run);

  it('does not write', async () => {
    const log = await open();
    const reading = await fileLog({ dir: dirs.get(log) ?? '', mode: 'read' });
    await expect(reading.publish('plays', [])).rejects.toThrow(OptionError);
    await expect(reading.createTopic('plays', { partitions: 1 })).rejects.toThrow(
      "open it with mode 'write'",
    );
    await expect(reading.deleteTopic('plays')).rejects.toThrow("open it with mode 'write'");
    await reading.close();
    await log.close();
    await dispose(log);
  });
});

describe('the options of fileLog', () => {
  it.each([
    [{ dir: '' }, 'dir is the folder of the log'],
    [{ dir: 'x', mode: 'append' }, "mode is 'write' or 'read', not append"],
    [{ dir: 'x', durability: 'none' }, "durability is 'fsync' or 'os', not none"],
    [{ dir: 'x', segmentBytes: 0 }, 'segmentBytes is a whole number from 1 on, not 0'],
  ])('%j are refused', async (options, message) => {
    await expect(fileLog(options as FileLogOptions)).rejects.toThrow(new OptionError(message));
  });
});
