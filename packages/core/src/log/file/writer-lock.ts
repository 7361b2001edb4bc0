import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LogCorruptedError, LogLockedError } from '../../contract/errors.ts';
import { createFile, replaceFile } from '../../durable/durable-file.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from '../../durable/process-identity.ts';

/** The right to write to a log, held until it is released or the process ends. */
export interface WriterLock {
  release(): Promise<void>;
}

interface Holder extends ProcessIdentity {
  readonly released: boolean;
}

/**
 * Takes the right to write to the log in `dir`.
 *
 * Locks are files with rising numbers, and the highest one tells who holds the log. A holder that
 * was killed is superseded by creating the next number, which only one process can; nothing is
 * deleted that another could still be judging by. So there is no moment at which two hold it.
 *
 * @throws LogLockedError with the holder's process id.
 */
export async function acquireWriterLock(dir: string): Promise<WriterLock> {
  const locks = join(dir, 'locks');
  await mkdir(locks, { recursive: true });
  const self: Holder = { ...(await ownIdentity()), released: false };
  for (;;) {
    const highest = Math.max(0, ...(await numbersIn(locks)));
    const holder = highest > 0 ? await readHolder(fileOf(locks, highest)) : undefined;
    // It was superseded and tidied away while we looked.
    if (highest > 0 && holder === undefined) continue;
    if (holder && !holder.released && (await isRunning(holder)))
      throw lockedBy(holder, self, fileOf(locks, highest), dir);

    const own = fileOf(locks, highest + 1);
    if (!(await createFile(own, JSON.stringify(self)))) continue;
    const numbers = await numbersIn(locks);
    if (Math.max(...numbers) > highest + 1) {
      // What we judged by was old: somebody has come and gone, and a third is ahead.
      await rm(own, { force: true });
      continue;
    }
    for (const number of numbers.filter((each) => each <= highest))
      await rm(fileOf(locks, number), { force: true });
    return { release: () => release(own, self) };
  }
}

/** Says in the lock that it is released, also where the disk has no room for another file. */
async function release(own: string, self: Holder): Promise<void> {
  const text = JSON.stringify({ ...self, released: true });
  try {
    await replaceFile(own, text);
  } catch {
    // As long as before, so that it fits in its place, and nothing of the old text is left.
    const file = await open(own, 'r+');
    try {
      await file.write(text.padEnd(JSON.stringify(self).length), 0);
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

const fileOf = (locks: string, number: number) => join(locks, `lock.${number}`);

async function numbersIn(locks: string): Promise<number[]> {
  const names = await readdir(locks);
  return names.flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

async function readHolder(file: string): Promise<Holder | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as Holder;
  } catch (cause) {
    throw new LogCorruptedError(
      `${file} does not say who holds the log; when no process writes to it, delete that file`,
      { cause },
    );
  }
}

function lockedBy(holder: Holder, self: Holder, file: string, dir: string): LogLockedError {
  const { pid, host } = holder;
  const [who, next] =
    pid === self.pid && host === self.host
      ? [`this process, ${pid}`, 'close it there first']
      : [`process ${pid} on ${host}`, `stop that process; if it is gone, delete ${file}`];
  return new LogLockedError(`the log in ${dir} is open for writing by ${who}: ${next}`, pid);
}
