import type { Folder } from '../../durable/folder.ts';

/** Version of {@link LedgerEntry}. A later version must read this one. */
export const ENTRY_VERSION = 2;

/** One turn of a task: that somebody took it over, or committed an epoch. The last turn says everything. */
export interface LedgerEntry {
  readonly version: typeof ENTRY_VERSION;
  readonly job: string;
  readonly partition: number;
  /** Token of whoever took this turn. */
  readonly owner: string;
  /** 0 before the first commit. */
  readonly epoch: number;
  readonly next: Readonly<Record<string, number>>;
  readonly pipeline: string;
  /** Sums over all epochs. */
  readonly counts: Readonly<Record<string, number>>;
  /** What the last epoch wrote, and the token in the names under which it was prepared. */
  readonly parts: readonly string[];
  readonly preparedBy: string;
  /** The first epoch whose saved state still counts, and how many epochs since then saved some. */
  readonly stateFrom: number;
  readonly states: number;
  /** What the sink itself keeps beside the checkpoint. */
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

/** Gives what an entry has committed its final names. Whoever comes first does it; doing it again changes nothing. */
export async function publishParts(folder: Folder, entry: LedgerEntry): Promise<void> {
  const { epoch, parts, preparedBy } = entry;
  for (const part of parts)
    await folder.move(preparedPath(part, epoch, preparedBy), partPath(part, epoch));
}
