import { randomUUID } from 'node:crypto';
import { addCounts } from '../../adapter/add-counts.ts';
import { stateAfter } from '../../adapter/state-after.ts';
import type { Checkpoint } from '../../contract/checkpoint.ts';
import type { EpochCommit } from '../../contract/epoch.ts';
import { FencedError, LogCorruptedError, OptionError } from '../../contract/errors.ts';
import type { TaskId } from '../../contract/sink.ts';
import type { Folder } from '../../durable/folder.ts';
import {
  ENTRY_VERSION,
  type LedgerEntry,
  padded,
  partPath,
  preparedPath,
  publishParts,
} from './ledger-entry.ts';
import { addEntry, lastEntry, pruneEntries, type StoredEntry } from './stored-entries.ts';

/** Files and counts that a commit stores beside the checkpoint. */
export interface EpochFiles {
  /** Contents by part, each a file of its own. */
  readonly parts: Readonly<Record<string, Uint8Array>>;
  readonly counts: Readonly<Record<string, number>>;
  /** Kept with the checkpoint for the sink itself: plain JSON. */
  readonly sink?: unknown;
}

/** One owner's hold on the files of a task. */
export interface TaskLedger {
  readonly checkpoint: Checkpoint | undefined;
  /** The data that the last commit kept for the sink itself. */
  readonly sink: unknown;
  /**
   * Commits an epoch: all of it or nothing.
   *
   * @throws FencedError when another owner has taken the task over.
   */
  commit(commit: EpochCommit, files: EpochFiles): Promise<void>;
}

/** Old entries are removed when as many have gathered. */
const PRUNE_EVERY = 100;

/**
 * Takes over a task whose checkpoint is files, for sinks that have no transactions of their own.
 *
 * A task has a **ledger**: entries that are numbered without gaps, each a takeover or a commit. An entry is
 * added by creating its file exclusively, so that one sequence of compare-and-sets orders owners and
 * epochs alike, across processes. It names the epoch's files, which were written before under names
 * that nobody looks for, and are given their own behind it. Whoever takes over does that first, if the
 * last owner did not get so far, and removes what never was committed.
 */
export async function openLedger(folder: Folder, task: TaskId): Promise<TaskLedger> {
  const owner = randomUUID();
  let last = await takeOver(folder, task, owner);
  const { epoch: reached, next, topicIds, pipeline, sink } = last.entry;
  const saved = await readState(folder, last);
  let stateEpochs = saved.epochs;

  return {
    checkpoint:
      reached === 0 ? undefined : { epoch: reached, next, topicIds, pipeline, state: saved.parts },
    sink,
    async commit(commit, { parts, counts, sink: kept }) {
      const { epoch, state } = commit;
      if (last.entry.epoch !== epoch - 1)
        throw new FencedError(
          `task ${nameOf(task)} is at epoch ${last.entry.epoch}: epoch ${epoch} does not follow it`,
        );
      const all = state ? { ...parts, state: state.bytes } : parts;
      for (const [part, content] of Object.entries(all))
        await folder.write(preparedPath(part, epoch, owner), content);
      const epochs = stateAfter(stateEpochs, state, () => epoch);
      const entry = following(last.entry, commit, {
        owner,
        counts,
        parts: Object.keys(all),
        stateFrom: epochs[0] ?? 1,
        states: epochs.length,
        ...(kept !== undefined && { sink: kept }),
      });
      const stored = { number: last.number + 1, entry };
      if (!(await addEntry(folder, stored))) throw await fenced(folder, stored);
      const { stateFrom } = last.entry;
      last = stored;
      stateEpochs = epochs;
      await publishParts(folder, entry);
      if (entry.stateFrom > stateFrom) await removeStateBefore(folder, entry.stateFrom);
      if (stored.number % PRUNE_EVERY === 0) await pruneEntries(folder, stored.number);
    },
  };
}

function nameOf({ job, partition }: TaskId): string {
  return `${job}/${partition}`;
}

/** Adds the entry after the last, finishes what that one committed, and removes what no entry names. */
async function takeOver(folder: Folder, task: TaskId, owner: string): Promise<StoredEntry> {
  const { job, partition } = task;
  for (;;) {
    // Listed before the entry is added: what is there belongs to owners whom it fences, and to none after us.
    const leftovers = await leftoversOf(folder);
    const found = await lastEntry(folder);
    // Where file names do not tell capitals apart, two jobs share a folder.
    if (found && found.entry.job !== job)
      throw new OptionError(
        `the folder of job ${job} is that of job ${found.entry.job}: rename one`,
      );
    const entry = { ...(found?.entry ?? nothing), job, partition, owner };
    const stored = { number: (found?.number ?? 0) + 1, entry };
    if (!(await addEntry(folder, stored))) continue;
    await publishParts(folder, entry);
    for (const path of leftovers) await folder.remove(path);
    await removeStateBefore(folder, entry.stateFrom);
    await pruneEntries(folder, stored.number);
    return stored;
  }
}

const nothing: Omit<LedgerEntry, 'job' | 'partition' | 'owner'> = {
  version: ENTRY_VERSION,
  epoch: 0,
  next: {},
  topicIds: {},
  pipeline: '',
  counts: {},
  parts: [],
  preparedBy: '',
  stateFrom: 1,
  states: 0,
};

/** The entry of a commit, which follows another. */
function following(
  before: LedgerEntry,
  { epoch, next, topicIds, pipeline }: EpochCommit,
  own: Omit<
    LedgerEntry,
    'version' | 'job' | 'partition' | 'epoch' | 'next' | 'topicIds' | 'pipeline' | 'preparedBy'
  >,
): LedgerEntry {
  const { job, partition } = before;
  const counts: Record<string, number> = { ...before.counts };
  addCounts(counts, own.counts);
  return {
    ...own,
    version: ENTRY_VERSION,
    job,
    partition,
    epoch,
    next,
    topicIds,
    pipeline,
    counts,
    preparedBy: own.owner,
  };
}

async function fenced(folder: Folder, { entry }: StoredEntry): Promise<FencedError> {
  const { owner, epoch } = (await lastEntry(folder))?.entry ?? { owner: 'another', epoch: 0 };
  return new FencedError(
    `task ${nameOf(entry)} was taken over by ${owner}, which is at epoch ${epoch}: epoch ${entry.epoch} of ${entry.owner} came too late`,
  );
}

/** Files that an interrupted commit may have left. */
async function leftoversOf(folder: Folder): Promise<readonly string[]> {
  const prepared = await folder.list('prepared');
  const temporary = (await folder.list('checkpoint')).filter((name) => name.endsWith('.tmp'));
  return [
    ...prepared.map((name) => `prepared/${name}`),
    ...temporary.map((name) => `checkpoint/${name}`),
  ];
}

async function removeStateBefore(folder: Folder, epoch: number): Promise<void> {
  for (const name of await folder.list('state'))
    if (name < padded(epoch)) await folder.remove(`state/${name}`);
}

interface SavedParts {
  readonly parts: readonly Uint8Array[];
  /** The epochs that saved them. */
  readonly epochs: readonly number[];
}

async function readState(folder: Folder, stored: StoredEntry): Promise<SavedParts> {
  const { stateFrom, epoch, states } = stored.entry;
  const epochs = (await folder.list('state'))
    .map((name) => Number.parseInt(name, 10))
    .filter((each) => each >= stateFrom && each <= epoch)
    .sort((a, b) => a - b);
  const contents = await Promise.all(epochs.map((each) => folder.read(partPath('state', each))));
  const found = contents.filter((content) => content !== undefined);
  if (found.length === states) return { parts: found, epochs };
  if ((await lastEntry(folder))?.number !== stored.number) throw await fenced(folder, stored);
  throw new LogCorruptedError(
    `task ${nameOf(stored.entry)} has ${found.length} files of state where its checkpoint has ${states}: restore them from a copy, or give the job a new name`,
  );
}
