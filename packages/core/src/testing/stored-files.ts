import type { Folder } from '../sink/folder.ts';
import type { DeadLetter, SideElement } from '../sink/sink.ts';

/** What a sink wrote into a folder, read without it. */
export interface StoredFiles {
  readonly rows: readonly Record<string, unknown>[];
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  /** Sums by job and name. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Reads all tasks' files under a folder, as anybody could who knows its layout. */
export async function storedFiles(folder: Folder): Promise<StoredFiles> {
  const tasks: Folder[] = [];
  for (const job of await folder.list(''))
    for (const partition of await folder.list(job)) tasks.push(folder.sub(`${job}/${partition}`));
  const lines = async <T>(part: string): Promise<T[]> =>
    (await Promise.all(tasks.map((task) => linesOf<T>(task, part)))).flat();
  const counts: Record<string, Record<string, number>> = {};
  for (const task of tasks) {
    const names = (await task.list('checkpoint')).filter((name) => name.startsWith('turn.'));
    const last = JSON.parse(String(await task.read(`checkpoint/${names.sort().at(-1)}`)));
    const sums = counts[last.job] ?? {};
    for (const [name, n] of Object.entries(last.counts as Record<string, number>))
      sums[name] = (sums[name] ?? 0) + n;
    if (last.epoch > 0) counts[last.job] = sums;
  }
  const letters = await lines<DeadLetter & { readonly raw: unknown }>('dead');
  return {
    rows: (await lines<Record<string, unknown>>('rows')).map(
      ({ _topic, _partition, _offset, ...row }) => row,
    ),
    aside: await lines('aside'),
    dead: letters.map(({ schemaId, result, stack, raw, ...letter }) => ({
      ...letter,
      raw: Buffer.from(String(raw), 'base64'),
      schemaId,
      result,
      stack,
    })),
    counts,
  };
}

async function linesOf<T>(task: Folder, part: string): Promise<T[]> {
  const names = [...(await task.list(part))].sort();
  const texts = await Promise.all(names.map((name) => task.read(`${part}/${name}`)));
  return texts
    .flatMap((text) => String(text).split('\n'))
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}
