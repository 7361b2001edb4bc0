import type { Folder } from '../../durable/folder.ts';

/** Version of {@link LedgerEntry}. A later version must read this one. */
export const ENTRY_VERSION = 3;

/** One takeover or commit of a task. The last entry of its ledger says where the task stands. */
export interface LedgerEntry {
  readonly version: typeof ENTRY_VERSION;
  readonly job: string;
  readonly partition: number;
  /** Token of the owner who added it. */
  readonly owner: string;
  /** 0 before the first commit. */
  readonly epoch: number;
  readonly next: Readonly<Record<string, number>>;
  readonly topicIds: Readonly<Record<string, string>>;
  readonly pipeline: string;
  /** Sums over all epochs. */
  readonly counts: Readonly<Record<string, number>>;
  /** Parts that the last epoch wrote, and the token in the names under which they were prepared. */
  readonly parts: readonly string[];
  readonly preparedBy: string;
  /** The first epoch whose saved state still counts, and how many epochs since then saved some. */
  readonly stateFrom: number;
  readonly states: number;
  /** Data that the sink itself keeps beside the checkpoint. */
  readonly sink?: unknown;
}

/** Numbers in names have as many digits, so that names sort as numbers do. */
export function padded(n: number): string {
  return String(n).padStart(12, '0');
}

/** Where a part of an epoch ends up. */
export function partPath(part: string, epoch: number): string {
  const ending = part === 'state' || part === 'records' ? 'bin' : 'jsonl';
  return `${part}/${padded(epoch)}.${ending}`;
}

/** Where a part of an epoch waits for the commit. */
export function preparedPath(part: string, epoch: number, owner: string): string {
  return `prepared/${padded(epoch)}.${part}.${owner}`;
}

/** Gives the parts that an entry has committed their final names. Any owner may do it; doing it again changes nothing. */
export async function publishParts(folder: Folder, entry: LedgerEntry): Promise<void> {
  const { epoch, parts, preparedBy } = entry;
  for (const part of parts)
    await folder.move(preparedPath(part, epoch, preparedBy), partPath(part, epoch));
}
