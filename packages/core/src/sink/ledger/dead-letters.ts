import { openLetters } from '../../adapter/open-letters.ts';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import type { Folder } from '../../durable/folder.ts';
import { publishParts } from './ledger-entry.ts';
import { readLetterLine } from './letter-line.ts';
import { lastEntry } from './stored-entries.ts';
import { jobPath } from './task-path.ts';

/** Reads the dead letters that a job has committed and that are still open, by partition and epoch. */
export async function readDeadLetters(folder: Folder, job: string): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  const partitions = (await folder.list(jobPath(job))).map(Number).filter(Number.isInteger);
  for (const partition of partitions.sort((a, b) => a - b)) {
    const task = folder.sub(`${jobPath(job)}/${partition}`);
    const last = await lastEntry(task);
    // What is committed may not have its name yet.
    if (last) await publishParts(task, last.entry);
    const redriven = (await linesOf(task, 'redriven')).map((line) => JSON.parse(line) as string);
    letters.push(...openLetters((await linesOf(task, 'dead')).map(readLetterLine), redriven));
  }
  return letters;
}

/** The lines of all files of a part, epoch by epoch. */
async function linesOf(task: Folder, part: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const name of [...(await task.list(part))].sort())
    lines.push(...String(await task.read(`${part}/${name}`)).split('\n'));
  return lines.filter((line) => line !== '');
}
