import { hostAtWork } from '../operator-kit/current-host.ts';
import type { Pipeline } from '../task/pipeline.ts';

/** The same pipeline, in whose tasks a value of state that is changed in place is an error. */
export function watched<A, B>(pipeline: Pipeline<A, B>): Pipeline<A, B> {
  return (events$) => {
    hostAtWork()?.watchState();
    return pipeline(events$);
  };
}
