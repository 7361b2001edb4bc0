import { LogCorruptedError, StateMismatchError } from '../../contract/errors.ts';
import type { Folder } from '../../durable/folder.ts';
import { ENTRY_VERSION, type LedgerEntry, padded } from './ledger-entry.ts';

/** An entry that a task's ledger holds, and its number there. */
export interface StoredEntry {
  readonly number: number;
  readonly entry: LedgerEntry;
}

/** The last entry of a task's ledger. */
export async function lastEntry(folder: Folder): Promise<StoredEntry | undefined> {
  for (;;) {
    const number = (await numbersOf(folder, entryName)).at(-1);
    if (number === undefined) return undefined;
    const entry = await readEntry(folder, number);
    // It was the last, and has been removed since: there is a later one now.
    if (entry) return { number, entry };
  }
}

/**
 * Adds an entry by creating its file exclusively. Gives `false` when another owner has, or had, an
 * entry of this number: the entries are a sequence of compare-and-sets.
 */
export async function addEntry(folder: Folder, { number, entry }: StoredEntry): Promise<boolean> {
  const created = await folder
    .create(entryPath(number), JSON.stringify(entry))
    .catch((cause: unknown) => ({ cause }));
  if (created !== true) {
    // That the file exists does not say whose it is: our reply was lost, or another's epoch has the number.
    const found = await readEntry(folder, number);
    if (!found && created !== false) throw created.cause;
    if (found?.owner !== entry.owner || found.epoch !== entry.epoch) return false;
  }
  // A number below the floor was free only because its entry was removed long ago.
  const floor = (await numbersOf(folder, floorName)).at(-1) ?? 0;
  if (number >= floor) return true;
  await folder.remove(entryPath(number));
  return false;
}

/** Removes the entries before `number`. The floor is raised first, so that latecomers do not take their numbers. */
export async function pruneEntries(folder: Folder, number: number): Promise<void> {
  const old = (await numbersOf(folder, entryName)).filter((each) => each < number);
  if (old.length === 0) return;
  // Raised by a new file, never by changing one: a slow owner cannot lower it.
  await folder.create(floorPath(number), '');
  for (const each of old) await folder.remove(entryPath(each));
  // The last two stay: whoever lists them just now sees one of these.
  const floors = await numbersOf(folder, floorName);
  for (const each of floors.slice(0, -2)) await folder.remove(floorPath(each));
}

const entryName = /^entry\.(\d+)\.json$/;
const floorName = /^floor\.(\d+)$/;
const entryPath = (number: number) => `checkpoint/entry.${padded(number)}.json`;
const floorPath = (number: number) => `checkpoint/floor.${padded(number)}`;

async function numbersOf(folder: Folder, pattern: RegExp): Promise<readonly number[]> {
  const names = await folder.list('checkpoint');
  const numbers = names.flatMap((name) => pattern.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => a - b);
}

/** `undefined` where there is no such entry any more, or yet. */
async function readEntry(folder: Folder, number: number): Promise<LedgerEntry | undefined> {
  const path = entryPath(number);
  const content = await folder.read(path);
  if (!content) return undefined;
  const entry = parsed(path, content.toString());
  if (entry.version !== ENTRY_VERSION)
    throw new StateMismatchError(
      `the checkpoint ${path} has version ${entry.version}, this release reads ${ENTRY_VERSION}: run the release that wrote it, or a newer one`,
    );
  return entry;
}

function parsed(path: string, text: string): LedgerEntry {
  try {
    return JSON.parse(text) as LedgerEntry;
  } catch (cause) {
    throw new LogCorruptedError(
      `the checkpoint ${path} is not JSON: restore it from a copy, or give the job a new name and remove what this one wrote`,
      { cause },
    );
  }
}
