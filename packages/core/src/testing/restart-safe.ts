import { AssertionError } from 'node:assert';
import { inspect, isDeepStrictEqual } from 'node:util';
import type { EpochOutput } from '../contract/epoch.ts';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { Pipeline } from '../task/pipeline.ts';
import { RestorableTask } from './restorable-task.ts';

/** Options of {@link restartSafe}. */
export interface RestartSafeOptions {
  /** Behind how many events it is restarted, again and again; each number is a run of its own. Default 1, 2 and 7. */
  readonly every?: readonly number[];
}

/**
 * Checks that a pipeline survives a restart anywhere: torn down every few events and restored from
 * its checkpoint, it gives what it gives without.
 *
 * It finds operators that keep something where no checkpoint holds it, such as `scan`, `bufferCount`
 * and `distinct` of RxJS, results that depend on the clock or on chance, and values of state that are
 * changed in place. Asynchronous steps are awaited where they are `mapAsync`, and refused otherwise.
 *
 * Rejects with an AssertionError with the first output that differs, and with what a job would reject with.
 *
 * @throws PipelineError when a job would refuse the pipeline, or it changes a value of state in place.
 * @throws OptionError when the events give no output, so that nothing could be found.
 *
 * @example
 * it('survives restarts', () => restartSafe(plays5m, eventsOf(Play, plays)));
 */
export async function restartSafe<A, B>(
  pipeline: Pipeline<A, B>,
  events: readonly StreamEvent<A>[],
  options: RestartSafeOptions = {},
): Promise<void> {
  const { every = [1, 2, 7] } = options;
  for (const k of every) {
    if (!(Number.isInteger(k) && k >= 1))
      throw new OptionError(`every must be whole numbers from 1 on, got ${k}`);
    const expected = await runEpochs(pipeline, events, k, false);
    if (expected.every((output) => isEmpty(output)))
      throw new OptionError(
        `these ${events.length} events give no output, so a restart could not show: push more of them`,
      );
    const actual = await runEpochs(pipeline, events, k, true);
    for (const [i, output] of expected.entries()) compare(output, actual[i], { k, epoch: i });
  }
}

/** The outputs of every `k` events, and of the end. */
async function runEpochs<A, B>(
  pipeline: Pipeline<A, B>,
  events: readonly StreamEvent<A>[],
  k: number,
  restart: boolean,
): Promise<readonly EpochOutput<B>[]> {
  const task = new RestorableTask(pipeline);
  const outputs: EpochOutput<B>[] = [];
  for (let i = 0; i < events.length; i += k) {
    if (restart && i > 0) task.restart();
    const output = await task.epoch((open) => {
      for (const event of events.slice(i, i + k)) open.push(event, arrivalOf(event));
    });
    outputs.push(output);
  }
  const last = events.at(-1);
  if (!last) return outputs;
  if (restart) task.restart();
  return [...outputs, await task.complete(arrivalOf(last))];
}

/** Makes the record of an event, as far as a task looks at it. */
function arrivalOf({ key, position, loggedAt }: StreamEvent<unknown>) {
  const record = { offset: position.offset, key, value: new Uint8Array(), loggedAt };
  return { record, position, schemaId: undefined };
}

function isEmpty({ rows, aside, dead }: EpochOutput<unknown>): boolean {
  return rows.length + aside.length + dead.length === 0;
}

function compare<B>(
  expected: EpochOutput<B>,
  actual: EpochOutput<B> | undefined,
  { k, epoch }: { readonly k: number; readonly epoch: number },
): void {
  const where = epoch * k === 0 ? '' : ` behind event ${epoch * k}`;
  const differ = (what: string, with_: unknown, without: unknown) => {
    throw new AssertionError({
      message: `restarted every ${k} events, the pipeline differs${where}: ${what} is ${inspect(with_, shown)}, and ${inspect(without, shown)} without restarts; what an operator remembers must be in useState or useKeyedState, and nothing may depend on the clock or on chance`,
      actual: with_,
      expected: without,
      operator: 'restartSafe',
    });
  };
  for (const part of ['rows', 'aside', 'dead'] as const) {
    const [ours, theirs] = [plain(actual?.[part] ?? []), plain(expected[part])];
    for (let i = 0; i < Math.max(ours.length, theirs.length); i++)
      if (!isDeepStrictEqual(ours[i], theirs[i])) differ(`${part}[${i}]`, ours[i], theirs[i]);
  }
  if (!isDeepStrictEqual(actual?.counts, expected.counts))
    differ('counts', actual?.counts, expected.counts);
}

const shown = { depth: 4, breakLength: Number.POSITIVE_INFINITY } as const;

/** Without what may differ rightly: where an error was thrown from. */
function plain(elements: readonly unknown[]): readonly unknown[] {
  return elements.map((element) =>
    typeof element === 'object' && element !== null && 'stack' in element
      ? { ...element, stack: undefined }
      : element,
  );
}
