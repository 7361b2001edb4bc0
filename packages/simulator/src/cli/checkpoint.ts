import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { systemReason } from '@streamify/core/adapter';
import { CheckpointError, OutputError, shown } from '../errors.ts';
import type { FaultState } from '../faults/fault-injector.ts';
import type { Position } from '../model/population.ts';
import type { OutputMark } from '../output/record-output.ts';

/** What makes a simulation the one that it is: a run goes on only with the same. */
export type Identity = Readonly<Record<string, string | number | boolean | null>>;

/** How far a run has got. */
export interface Checkpoint {
  readonly format: 1;
  readonly identity: Identity;
  /** Epoch milliseconds: where relative times were resolved, they hold for the next run as well. */
  readonly start: number;
  readonly end: number | null;
  /** Whether there is nothing to go on with. */
  readonly isComplete: boolean;
  /** The last action that is written; none at the beginning. */
  readonly position: Position | null;
  readonly output: OutputMark;
  readonly faults: FaultState | null;
  readonly labels: number;
  /** Records by topic, or in all. */
  readonly records: Readonly<Record<string, number>>;
}

/**
 * Reads a checkpoint; undefined when there is none.
 *
 * @throws CheckpointError when the file is none, or cannot be read.
 */
export function readCheckpoint(path: string): Checkpoint | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CheckpointError(`cannot read the checkpoint ${path}: ${systemReason(cause)}`, {
      cause,
    });
  }
  try {
    const found: unknown = JSON.parse(text);
    if (isCheckpoint(found)) return found;
  } catch {
    // The message below holds for whatever it is.
  }
  throw new CheckpointError(`${path} is no checkpoint of this version: delete it to start over`);
}

function isCheckpoint(found: unknown): found is Checkpoint {
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  if (!isObject(found)) return false;
  const { format, identity, start, end, output, labels, records } = found as Partial<Checkpoint>;
  return (
    format === 1 &&
    [identity, output, records].every(isObject) &&
    [start, end ?? 0, labels].every(Number.isFinite)
  );
}

/** Replaces the checkpoint at once and durably: a run that is killed leaves the old one or the new one. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(draft, 'w');
    try {
      const bytes = Buffer.from(`${JSON.stringify(checkpoint)}\n`);
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new OutputError(`cannot write the checkpoint ${path}: ${systemReason(cause)}`, { cause });
  }
}

/**
 * Checks that a checkpoint is of this simulation.
 *
 * @throws CheckpointError that names the first difference.
 */
export function checkIdentity(path: string, found: Identity, wanted: Identity): void {
  for (const [name, value] of Object.entries(wanted))
    if (found[name] !== value)
      throw new CheckpointError(
        `the checkpoint ${path} is of another simulation: ${name} is ${shown(found[name])} there and ${shown(value)} here; delete it to start over`,
      );
}

/** A short name for plain data. */
export const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value, plain)).digest('hex').slice(0, 16);

const plain = (_: string, value: unknown) => {
  if (value instanceof Set) return [...value];
  if (value instanceof Map) return [...value];
  return value;
};
