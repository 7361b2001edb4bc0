import { addCounts } from '../adapter/add-counts.ts';
import { stateAfter } from '../adapter/state-after.ts';
import type { EpochOutput } from '../contract/epoch.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { Arrival } from '../task/arrival.ts';
import type { Pipeline } from '../task/pipeline.ts';
import { Task, type TaskEpoch } from '../task/task.ts';

/** An event of `key` at `time`, in epoch milliseconds; its offset is its time unless told. */
export function eventOf<T>(key: string, time: number, value: T, offset = time): StreamEvent<T> {
  const position = { topic: 'plays', partition: 0, offset };
  return { key, time, value, loggedAt: 0, position };
}

/** The record that an event was decoded from, as far as a task looks at it. */
export function arrivalOf({ key, position, loggedAt }: StreamEvent<unknown>): Arrival {
  const value = new TextEncoder().encode(`raw ${position.offset}`);
  return { record: { offset: position.offset, key, value, loggedAt }, position, schemaId: 1 };
}

/** Pushes events as one epoch. */
export function runEpoch<A, B>(task: Task<A, B>, events: readonly StreamEvent<A>[]): TaskEpoch<B> {
  task.run(() => {
    for (const event of events) task.push(event, arrivalOf(event));
  });
  return task.takeEpoch();
}

/** Completes a task as one epoch. */
export function completeEpoch<A, B>(task: Task<A, B>): TaskEpoch<B> {
  task.run(() => task.complete(arrivalOf(eventOf('', -1, undefined))));
  task.checkCompleted();
  return task.takeEpoch();
}

/**
 * Runs epochs of events through a pipeline, then completes it; gives the output of all of them.
 *
 * @param restart whether to go on, after each epoch, with a new task that is restored from what was saved.
 */
export function runEpochs<A, B>(
  pipeline: Pipeline<A, B>,
  epochs: readonly (readonly StreamEvent<A>[])[],
  { restart }: { readonly restart: boolean },
): EpochOutput<B> {
  const outputs: EpochOutput<B>[] = [];
  let saved: readonly Uint8Array[] = [];
  let task = new Task<A, B>({ pipeline });
  const take = ({ output, state }: TaskEpoch<B>) => {
    outputs.push(output);
    saved = stateAfter(saved, state, ({ bytes }) => bytes);
    if (!restart) return;
    task = new Task<A, B>({ pipeline });
    task.restore(saved);
  };
  for (const events of epochs) take(runEpoch(task, events));
  take(completeEpoch(task));
  return mergeOutputs(outputs);
}

function mergeOutputs<B>(outputs: readonly EpochOutput<B>[]): EpochOutput<B> {
  const counts: Record<string, number> = {};
  for (const output of outputs) addCounts(counts, output.counts);
  return {
    rows: outputs.flatMap(({ rows }) => rows),
    causes: outputs.flatMap(({ causes }) => causes),
    named: new Map(outputs.flatMap(({ named }) => [...named])),
    aside: outputs.flatMap(({ aside }) => aside),
    dead: outputs.flatMap(({ dead }) => dead),
    redriven: outputs.flatMap(({ redriven }) => redriven),
    counts,
  };
}
