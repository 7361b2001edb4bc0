import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { logContract } from '../testing/log-contract.ts';
import type { EventLog } from './event-log.ts';
import { type FileLogOptions, fileLog } from './file-log.ts';

/** Opens file logs in folders of their own. */
function harness(options: Partial<FileLogOptions>) {
  const dirs = new WeakMap<EventLog, string>();
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
