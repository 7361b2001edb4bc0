import type { Folder } from '../../durable/folder.ts';
import { type LedgerEntry, publishParts } from '../ledger/ledger-entry.ts';
import { lastEntry } from '../ledger/stored-entries.ts';

/** Where the records of a commit stand in each partition of a topic: from `starts`, up to `ends`. */
export interface Stretch {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The id of the topic; `undefined` where the log cannot tell. */
  readonly topicId: string | undefined;
}

/** Offsets and watermark that a log sink keeps with its checkpoint. */
export interface KeptByLogSink {
  /** The topic of the main stream. */
  readonly topic: string;
  /** By topic, also of those that only earlier commits wrote to. */
  readonly stretches: Readonly<Record<string, Stretch>>;
  /** The last watermark that was written, as text, because JSON has no infinity. */
  readonly watermark?: string;
}

/** A commit whose records stand last in a topic. */
export interface LastCommit {
  readonly task: Folder;
  readonly entry: LedgerEntry;
  readonly stretch: Stretch;
}

/** Finds the commit whose records stand last in a topic; `undefined` when none wrote to it. */
export async function findLastCommit(
  folder: Folder,
  topic: string,
): Promise<LastCommit | undefined> {
  let last: LastCommit | undefined;
  for (const job of await folder.list(''))
    for (const partition of await folder.list(job)) {
      const task = folder.sub(`${job}/${partition}`);
      const entry = (await lastEntry(task))?.entry;
      if (!entry || entry.epoch === 0) continue;
      await publishParts(task, entry);
      const stretch = (entry.sink as KeptByLogSink).stretches[topic];
      if (stretch && (!last || isBehind(stretch, last.stretch))) last = { task, entry, stretch };
    }
  return last;
}

/** Whether a commit came after another: commits take turns, so their offsets tell. One without records stands nowhere. */
function isBehind(stretch: Stretch, other: Stretch): boolean {
  const sum = (offsets: readonly number[]) => offsets.reduce((total, offset) => total + offset, 0);
  const [end, otherEnd] = [sum(stretch.ends), sum(other.ends)];
  return end > otherEnd || (end === otherEnd && sum(stretch.starts) < sum(other.starts));
}
