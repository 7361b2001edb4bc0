import { memorySink, run } from '@streamify/core';
import { playsLog } from './plays-log.ts';
import { type Result, troubledPipeline, troubledPlays } from './troubled-plays.ts';

/** The name of a job that sums plays up, by windows. */
export const SUMS = 'sums';

/** What the job reads. */
export const sumsPlays = troubledPlays(400);

/** All that was delivered, a line each, in any order. */
export function sumsLines(delivered: {
  readonly rows: readonly Result[];
  /** Offsets of the late events, and of the dead ones. */
  readonly late: readonly number[];
  readonly dead: readonly number[];
  readonly counts: Readonly<Record<string, number>>;
}): readonly string[] {
  const { rows, late, dead, counts } = delivered;
  return [
    ...rows.map(({ key, start, end, result }) => `${key} ${start} to ${end}: ${result}`),
    ...late.map((offset) => `late ${offset}`),
    ...dead.map((offset) => `dead ${offset}`),
    ...Object.entries(counts).map(([name, n]) => `count of ${name} is ${n}`),
  ];
}

/** What the job delivers when nothing disturbs it. */
export async function undisturbedSums(): Promise<readonly string[]> {
  const { topic } = await playsLog(sumsPlays);
  const into = memorySink<Result>();
  await run({
    name: SUMS,
    from: topic,
    through: troubledPipeline,
    into,
    atEnd: 'complete',
  });
  return sumsLines({
    rows: into.rows,
    late: into.aside.map(({ cause }) => cause.offset),
    dead: into.dead.map(({ position }) => position.offset),
    counts: into.counts(SUMS),
  });
}
