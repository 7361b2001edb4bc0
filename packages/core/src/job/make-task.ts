import { type PipelineDescription, writePipeline } from '../adapter/pipeline-description.ts';
import type { Checkpoint } from '../contract/checkpoint.ts';
import { OptionError, StateMismatchError } from '../contract/errors.ts';
import type { Input } from '../task/input.ts';
import type { OutputTargets } from '../task/row-gate.ts';
import { Task } from '../task/task.ts';
import { checkPipeline } from './check-pipeline.ts';
import type { Job } from './job-options.ts';

const DAY = 86_400_000;

/** A task that has not started, and what its checkpoints depend on, as data and as text. */
export interface MadeTask<A, B> {
  readonly task: Task<A, B>;
  readonly description: PipelineDescription;
  readonly pipeline: string;
}

/**
 * Makes a job's task for one of its partitions.
 *
 * @param partitions of the input, and so tasks of the job.
 * @throws PipelineError when the pipeline cannot be one of a task.
 * @throws OptionError when it has other outputs than the job takes.
 */
export function makeTask<A, B>(
  job: Job<A, B>,
  partitions: number,
  targets: Omit<OutputTargets<B>, 'sinkOutputs'>,
): MadeTask<A, B> {
  const { through: pipeline, maxFutureSkew = DAY } = job;
  const sinkOutputs = new Set(job.named.keys());
  const task = new Task<A, B>({ pipeline, maxFutureSkew, sinkOutputs, ...targets });
  try {
    checkOutputs(job, task.outputs);
  } catch (cause) {
    task.close();
    throw cause;
  }
  const description = { ...placesOf(job), states: task.states, partitions };
  return { task, description, pipeline: writePipeline(description) };
}

function placesOf<A, B>({ into, outputs = [] }: Job<A, B>) {
  const places = outputs.map(({ output, sink }) => [output, sink?.target ?? null] as const);
  return { into: into.target, outputs: Object.fromEntries(places) };
}

/**
 * Gives a task the state that its sink holds.
 *
 * @throws StateMismatchError when that is the state of another pipeline, or of other inputs or tables.
 */
export function restoreTask<A, B>(
  { name, inputs }: Job<A, B>,
  { task, description }: MadeTask<A, B>,
  checkpoint: Checkpoint | undefined,
): void {
  if (!checkpoint) return;
  const { states } = checkPipeline(name, checkpoint.pipeline, description);
  checkInputs(name, checkpoint, inputs);
  try {
    task.restore(checkpoint.state, states);
  } catch (cause) {
    if (!(cause instanceof StateMismatchError)) throw cause;
    throw new StateMismatchError(`job ${name}: ${cause.message}`, { cause });
  }
}

function checkOutputs<A, B>({ name, outputs = [] }: Job<A, B>, had: ReadonlySet<string>): void {
  const taken = outputs.map(({ output }) => output);
  const lost = [...had].find((output) => !taken.includes(output));
  if (lost !== undefined)
    throw new OptionError(
      `the pipeline of job ${name} has the output ${lost}, and the job does not say where it goes: add it to outputs, as ${lost}.into(sink) or ${lost}.asJson()`,
    );
  const unknown = taken.find((output) => !had.has(output));
  if (unknown !== undefined)
    throw new OptionError(
      `job ${name} says where output ${unknown} goes, and no operator of its pipeline has it: give it to one, such as a window as late`,
    );
}

function checkInputs<A>(job: string, { next }: Checkpoint, inputs: readonly Input<A>[]): void {
  const saved = Object.keys(next).sort();
  const now = inputs.map(({ name }) => name);
  if (saved.join() === now.join()) return;
  throw new StateMismatchError(
    `job ${job} was saved reading ${saved.join(', ')}, and now reads ${now.join(', ')}: give the job a new name, under which it starts over`,
  );
}
