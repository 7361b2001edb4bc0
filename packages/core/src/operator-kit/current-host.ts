import { PipelineError } from '../contract/errors.ts';
import type { OperatorHost } from './operator-host.ts';

/** The task at work, and whether its pipeline is being subscribed just now. */
interface Frame {
  readonly host: OperatorHost;
  readonly subscribing: boolean;
}

/** One slot for the whole process, so that two installed copies of this package share it. */
const slot = Symbol.for('@streamify/core/task');
const shared = globalThis as { [slot]?: Frame | undefined };

/** Runs `work` as the task of `frame`. */
export function withHost<R>(frame: Frame, work: () => R): R {
  const outer = shared[slot];
  shared[slot] = frame;
  try {
    return work();
  } finally {
    shared[slot] = outer;
  }
}

/** The task at work, or that a pipeline is being subscribed for; `undefined` outside a task. */
export function hostAtWork(): OperatorHost | undefined {
  return shared[slot]?.host;
}

/**
 * The task that a pipeline is being subscribed for; `undefined` outside a task.
 *
 * @param name names who asks, in the error.
 * @throws PipelineError when the task has started already: what is made then would not be checkpointed.
 */
export function currentHost(name: string): OperatorHost | undefined {
  const frame = shared[slot];
  if (frame && !frame.subscribing)
    throw new PipelineError(
      `${name} was subscribed after its task had started, inside mergeMap or groupBy perhaps: no checkpoint would hold its state`,
    );
  return frame?.host;
}
