import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, type StartedProcess, startedProcess } from './process-start.ts';

/**
 * Runs `work` while no other process does, so that two do not fetch the same at once. A holder that
 * was killed holds nobody up.
 *
 * Two that find the same dead holder at the same moment may both come in: what `work` does has to
 * be right then too, only not cheap.
 */
export async function withLock<T>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  const self = await startedProcess(process.pid);
  let told = false;
  while (!(await take(file, self))) {
    const holder = await holderOf(file);
    if (holder === 'gone') continue;
    if (holder === 'unreadable' || !(await isRunning(holder))) {
      await rm(file, { force: true });
      continue;
    }
    if (!told) onWait(holder.pid);
    told = true;
    await delay(100);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Linked into place, so that nobody ever reads a lock that does not say whose it is. */
async function take(file: string, self: StartedProcess | undefined): Promise<boolean> {
  const own = `${file}.${process.pid}-${randomUUID()}`;
  await writeFile(own, JSON.stringify(self));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function holderOf(file: string): Promise<StartedProcess | 'gone' | 'unreadable'> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as StartedProcess;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    if (error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}
