import type { Topic } from '../contract/event-log.ts';

/** One topic that a job reads. */
export interface Input<A> {
  /** What events are told to come from; `undefined` where there is but one input. */
  readonly label: string | undefined;
  /** Under which name checkpoints keep its position. */
  readonly name: string;
  readonly topic: Topic<A>;
}
