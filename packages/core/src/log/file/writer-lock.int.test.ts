import { readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogCorruptedError, LogLockedError } from '../../contract/errors.ts';
import { isRunning, ownIdentity } from '../../durable/process-identity.ts';
import { acquireWriterLock } from './writer-lock.ts';

let dir: string;
beforeEach(async () => {
  dir = await temporaryFolder();
});

const put = async (number: number, content: object | string) => {
  await acquireWriterLock(dir).then((lock) => lock.release());
  for (const name of await readdir(join(dir, 'locks'))) await rm(join(dir, 'locks', name));
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(join(dir, 'locks', `lock.${number}`), text);
};

describe('acquireWriterLock', () => {
  it('refuses this process a second time, and lets it in again after a release', async () => {
    const lock = await acquireWriterLock(dir);
    await expect(acquireWriterLock(dir)).rejects.toThrow(
      new LogLockedError(
        `the log in ${dir} is open for writing by this process, ${process.pid}: close it there first`,
        process.pid,
      ),
    );
    await lock.release();
    await (await acquireWriterLock(dir)).release();
  });

  it('lets in exactly one of many at once, and leaves one file', async () => {
    for (let round = 0; round < 5; round++) {
      const results = await Promise.allSettled(
        Array.from({ length: 10 }, () => acquireWriterLock(dir)),
      );
      const locks = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []));
      expect(locks.length).toBe(1);
      await locks[0]?.release();
      expect((await readdir(join(dir, 'locks'))).length).toBe(1);
    }
  });

  it('supersedes an earlier process that had the same id', async () => {
    const self = await ownIdentity();
    await put(7, { ...self, started: 'another boot 12345', released: false });
    const lock = await acquireWriterLock(dir);
    expect(await readdir(join(dir, 'locks'))).toEqual(['lock.8']);
    await lock.release();
  });

  it('does not judge a process on another host', async () => {
    const file = join(dir, 'locks', 'lock.3');
    await put(3, { pid: 4, started: 'x', host: 'elsewhere', released: false });
    await expect(acquireWriterLock(dir)).rejects.toThrow(
      `the log in ${dir} is open for writing by process 4 on elsewhere: stop that process; if it is gone, delete ${file}`,
    );
  });

  it('names a lock that it cannot read', async () => {
    await put(3, '{');
    await expect(acquireWriterLock(dir)).rejects.toThrow(LogCorruptedError);
    await expect(acquireWriterLock(dir)).rejects.toThrow(/lock\.3 does not say who holds the log/);
  });
});

describe('isRunning', () => {
  it('knows this process from one that never was', async () => {
    const self = await ownIdentity();
    expect(self).toMatchObject({ pid: process.pid, host: hostname() });
    expect(await isRunning(self)).toBe(true);
    expect(await isRunning({ ...self, pid: 2 ** 30 })).toBe(false);
    expect(await isRunning({ ...self, started: 'earlier' })).toBe(false);
  });
});
