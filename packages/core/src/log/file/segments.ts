import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LogCorruptedError } from '../../contract/errors.ts';

/** The file of a segment: its name is the offset of its first record, so that names sort by offset. */
export function segmentPath(dir: string, baseOffset: number): string {
  return join(dir, `${String(baseOffset).padStart(20, '0')}.log`);
}

/**
 * Base offsets of a partition's segments, rising. Whole segments may be deleted from the front:
 * the partition then starts with the first that is left.
 *
 * @throws LogCorruptedError when there is none.
 */
export async function segmentsIn(dir: string): Promise<[number, ...number[]]> {
  const names = await readdir(dir);
  const bases = names.flatMap((name) => /^(\d{20})\.log$/.exec(name)?.[1] ?? []).map(Number);
  const [first, ...others] = bases.sort((a, b) => a - b);
  if (first === undefined)
    throw new LogCorruptedError(`${dir} has no segment; restore it from a copy of the log`);
  return [first, ...others];
}

export const durableEndPath = (dir: string): string => join(dir, 'durable-end');
