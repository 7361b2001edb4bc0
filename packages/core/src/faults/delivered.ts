import { run } from '../engine/run.ts';
import { rowOf } from '../event.ts';
import { jsonText } from '../sink/json-text.ts';
import { memorySink } from '../sink/memory-sink.ts';
import type { DeadLetter, SideElement } from '../sink/sink.ts';
import { type Play, playsLog } from '../testing/plays-log.ts';
import { type Result, troubledPipeline } from './troubled-plays.ts';

/** What a job has delivered in the end. */
export interface Delivered {
  readonly rows: readonly unknown[];
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Everything that was delivered, a line each, in an order that does not depend on when. */
export function linesOf({ rows, aside, dead, counts }: Delivered): readonly string[] {
  return [
    ...rows.map((row) => `row ${jsonText(rowOf(row))}`),
    ...aside.map(({ output, cause }) => `${output} ${jsonText(cause)}`),
    ...dead.map(
      ({ position, operator, result, reason }) =>
        `dead ${jsonText({ operator, reason, ...(result ? { result } : { position }) })}`,
    ),
    ...Object.entries(counts).map(([name, n]) => `count of ${name} is ${n}`),
  ].sort();
}

/** The name of the job of which {@link undisturbed} tells the output. */
export const JOB = 'troubled';

/** What the troubled pipeline delivers of these plays when nothing disturbs it. */
export async function undisturbed(plays: readonly Play[]): Promise<readonly string[]> {
  const { topic } = await playsLog(plays);
  const sink = memorySink<Result>();
  await run({ name: JOB, from: topic, through: troubledPipeline, into: sink, atEnd: 'complete' });
  const { rows, aside, dead } = sink;
  return linesOf({ rows, aside, dead, counts: sink.counts(JOB) });
}
