import type { Topic } from '../contract/event-log.ts';

/** One topic that a job reads. */
export interface Input<A> {
  /** The `input` of its events; `undefined` where there is but one input. */
  readonly label: string | undefined;
  /** The name under which checkpoints keep its position. */
  readonly name: string;
  readonly topic: Topic<A>;
}
