import { jsonText } from '../adapter/json-text.ts';
import type { DeadLetter } from '../contract/dead-letter.ts';
import type { SideElement } from '../contract/epoch.ts';
import { rowOf } from '../contract/event.ts';
import { type Play, playsLog } from '../fixtures/plays-log.ts';
import { run } from '../job/run.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
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
