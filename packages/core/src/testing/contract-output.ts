import type { DeadLetter } from '../contract/dead-letter.ts';
import type { EpochCommit, EpochOutput } from '../contract/epoch.ts';
import type { Position, StreamEvent } from '../contract/event.ts';
import type { ContractRow } from './contract-row.ts';

type Element = ContractRow | StreamEvent<ContractRow>;

/** A row; what it holds beside its id matters only where a case says so. */
export function row(id: string, values: Partial<ContractRow> = {}): ContractRow {
  const at = 1_700_000_000_000;
  return { id, title: `title ${id}`, plays: 1, rating: 0.5, paid: true, at, ...values };
}

export function position(offset: number): Position {
  return { topic: 'plays', partition: 0, offset };
}

/** The letter of the event at `offset`. */
export function deadLetter(offset: number, values: Partial<DeadLetter> = {}): DeadLetter {
  return {
    position: position(offset),
    key: 'ann',
    raw: Uint8Array.of(0, 0, 0, 0, 7, offset),
    headers: {},
    schemaId: 7,
    loggedAt: 1_700_000_000_000,
    operator: 'clean',
    result: undefined,
    reason: 'no timestamp',
    stack: undefined,
    ...values,
  };
}

/** The output of an epoch that gave nothing. */
export const emptyOutput: EpochOutput<never> = {
  rows: [],
  causes: [],
  named: new Map(),
  aside: [],
  dead: [],
  redriven: [],
  counts: {},
};

/** Rows of named outputs, with the positions of events that caused them. */
export function namedRows(
  named: Readonly<Record<string, readonly Element[]>>,
): EpochOutput<Element>['named'] {
  return new Map(
    Object.entries(named).map(([output, rows]) => [
      output,
      { rows, causes: rows.map((_, offset) => position(offset)) },
    ]),
  );
}

/** Makes the output of an epoch. Rows of the main stream and dead letters are counted by themselves. */
export function outputOf({
  rows = [],
  dead = [],
  counts = {},
  ...others
}: Partial<Omit<EpochOutput<Element>, 'causes'>>): EpochOutput<Element> {
  const own: Record<string, number> = {};
  if (rows.length + dead.length > 0) own['in'] = rows.length + dead.length;
  if (rows.length > 0) own['out'] = rows.length;
  if (dead.length > 0) own['dead'] = dead.length;
  const causes = rows.map((_, offset) => position(offset));
  return { ...emptyOutput, ...others, rows, causes, dead, counts: { ...own, ...counts } };
}

/** A commit that changes no state unless told. */
export function commitOf(epoch: number, values: Partial<EpochCommit> = {}): EpochCommit {
  const next = { plays: epoch };
  const watermark = Number.NEGATIVE_INFINITY;
  const topicIds = { plays: 'the first' };
  return { epoch, next, topicIds, watermark, pipeline: '', state: undefined, ...values };
}
