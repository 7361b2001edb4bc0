import { memorySink, run } from '@streamify/core';
import { playsLog, type Result, troubledPipeline, troubledPlays } from '@streamify/test-kit/plays';

export const JOB = 'sums';

/** What the job reads. */
export const plays = troubledPlays(400);

/** All that was delivered, a line each, in any order. */
export function linesOf(delivered: {
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
export async function undisturbed(): Promise<readonly string[]> {
  const { topic } = await playsLog(plays);
  const into = memorySink<Result>();
  await run({
    name: JOB,
    from: topic,
    through: troubledPipeline,
    into,
    atEnd: 'complete',
  });
  return linesOf({
    rows: into.rows,
    late: into.aside.map(({ cause }) => cause.offset),
    dead: into.dead.map(({ position }) => position.offset),
    counts: into.counts(JOB),
  });
}
