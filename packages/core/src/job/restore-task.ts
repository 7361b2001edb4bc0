import type { Checkpoint } from '../contract/checkpoint.ts';
import { StateMismatchError } from '../contract/errors.ts';
import type { SinkTask } from '../contract/sink.ts';
import type { Input } from '../task/input.ts';
import { Task } from '../task/task.ts';
import type { Job } from './job-options.ts';

const DAY = 86_400_000;

/** A task as its sink left it, and the description of its states. */
export interface RestoredTask<A, B> {
  readonly task: Task<A, B>;
  readonly pipeline: string;
}

/**
 * Makes a job's task for a partition and gives it the state that its sink holds.
 *
 * @throws StateMismatchError when that is the state of another pipeline, or of other inputs.
 */
export function restoreTask<A, B>(
  job: Job<A, B>,
  sinkTask: SinkTask<B>,
  partitions: number,
): RestoredTask<A, B> {
  const { name, through, inputs, maxFutureSkew = DAY } = job;
  const { checkpoint } = sinkTask;
  const task = new Task<A, B>({
    pipeline: through,
    refusal: (row) => sinkTask.refusal(row),
    maxFutureSkew,
  });
  // State belongs to the keys of a partition, and these move when there are more partitions.
  const pipeline = task.signature && `${task.signature} partitions(${partitions})`;
  if (!checkpoint) return { task, pipeline };
  try {
    if (checkpoint.pipeline !== pipeline)
      throw changedPipeline(name, checkpoint.pipeline, pipeline);
    task.restore(checkpoint.state);
    checkInputs(name, checkpoint, inputs);
  } catch (cause) {
    task.close();
    throw cause;
  }
  return { task, pipeline };
}

function checkInputs<A>(job: string, { next }: Checkpoint, inputs: readonly Input<A>[]): void {
  const saved = Object.keys(next).sort();
  const now = inputs.map(({ name }) => name);
  if (saved.join() === now.join()) return;
  throw new StateMismatchError(
    `job ${job} was saved reading ${saved.join(', ')}, and now reads ${now.join(', ')}: give the job a new name, under which it starts over`,
  );
}

function changedPipeline(job: string, saved: string, now: string): StateMismatchError {
  return new StateMismatchError(
    `job ${job} was saved with the states [${saved}], and now has [${now}]: go back to that pipeline, or give the job a new name, under which it starts over`,
  );
}
