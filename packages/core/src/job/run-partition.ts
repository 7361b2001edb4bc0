import { OffsetOutOfRangeError } from '../contract/errors.ts';
import type { PartitionReader } from '../contract/event-log.ts';
import type { SinkTask } from '../contract/sink.ts';
import type { Input } from '../task/input.ts';
import { PartitionInput } from '../task/partition-input.ts';
import type { Task } from '../task/task.ts';
import { systemClock } from './clock.ts';
import { CommitQueue, type CommitReport } from './commit-queue.ts';
import type { Job } from './job-options.ts';
import { measuredTask } from './measured-task.ts';
import { openSinkTask } from './open-sink-task.ts';
import { processPartition } from './process-partition.ts';
import { restoreTask } from './restore-task.ts';
import { withRetries } from './retry.ts';
import { startOffset } from './start-at.ts';

/** What surrounds a task while it runs. */
export interface Surroundings<A, B> {
  readonly partition: number;
  /** Ends the task once what is under way is committed. */
  readonly signal: AbortSignal;
  /** Ends it without that. */
  readonly abort: AbortSignal;
  readonly report: (committed: CommitReport) => void;
  /** How many tasks the process works on, this one counted. */
  readonly tasks: () => number;
  /** Told of the task as it starts, and of its end. */
  readonly running: (task: Task<A, B> | undefined) => void;
}

/** Works on one partition of a job until its end, or until `signal` fires. */
export async function runPartition<A, B>(
  job: Job<A, B>,
  surroundings: Surroundings<A, B>,
): Promise<void> {
  const { signal, report } = surroundings;
  const { clock = systemClock } = job;
  await withRetries({ ...job, clock }, surroundings, async (committed) => {
    // Opening would fence whoever works on the task.
    if (signal.aborted) return;
    await openAndProcess(job, {
      ...surroundings,
      report(commit) {
        committed();
        report(commit);
      },
    });
  });
}

/** Opens the task and what it reads, works on it, and closes all of it. */
async function openAndProcess<A, B>(
  job: Job<A, B>,
  surroundings: Surroundings<A, B>,
): Promise<void> {
  const { inputs, into, name } = job;
  const { partition } = surroundings;
  const { log } = inputs[0].topic;
  const partitions = (await log.partitions(inputs[0].topic.name)) ?? 0;
  const readers: PartitionReader[] = [];
  const opened = await openSinkTask(into, { job: name, partition, partitions }, job.stateStore);
  const sinkTask = measured(job, partition, opened, readers);
  try {
    for (const { topic } of inputs) readers.push(await log.reader(topic.name, partition));
    await resume(job, surroundings, { sinkTask, readers, partitions });
  } finally {
    for (const reader of readers) await reader.close();
    await sinkTask.close();
  }
}

/** Measures the commits of a task, where the job asks for that. */
function measured<A, B>(
  { name: job, inputs, metrics: reporter, clock = systemClock }: Job<A, B>,
  partition: number,
  sinkTask: SinkTask<B>,
  readers: readonly PartitionReader[],
): SinkTask<B> {
  if (!reporter) return sinkTask;
  const names = inputs.map(({ name }) => name);
  return measuredTask(sinkTask, { job, partition, names, readers, reporter, now: clock.now });
}

interface Opened<B> {
  readonly sinkTask: SinkTask<B>;
  readonly readers: readonly PartitionReader[];
  readonly partitions: number;
}

/** Goes on from the checkpoint, or from the start. */
async function resume<A, B>(
  job: Job<A, B>,
  { partition, signal, abort, report, tasks, running }: Surroundings<A, B>,
  { sinkTask, readers, partitions }: Opened<B>,
): Promise<void> {
  const { atEnd = 'wait', startAt = 'earliest', clock = systemClock } = job;
  const { checkpoint } = sinkTask;
  const { task, pipeline } = restoreTask(job, sinkTask, partitions);
  running(task);
  const commits = new CommitQueue({
    sinkTask,
    partition,
    epoch: checkpoint?.epoch ?? 0,
    abort,
    report,
  });
  try {
    const open = async (input: Input<A>, reader: PartitionReader): Promise<PartitionInput<A>> => {
      const topic = input.topic.name;
      const from =
        checkpoint?.next[input.name] ??
        (await startOffset(startAt, { input: input.name, topic, partition }, reader));
      const bounds = await reader.bounds();
      if (from < bounds.start || from > bounds.end)
        throw new OffsetOutOfRangeError({ topic, partition, offset: from, ...bounds });
      return new PartitionInput({
        input,
        partition,
        reader,
        from,
        end: atEnd === 'wait' ? Number.POSITIVE_INFINITY : bounds.end,
        refusalOfTime: (time, loggedAt) => task.refusalOfTime(time, loggedAt),
        now: clock.now,
      });
    };
    const [first, ...others] = await Promise.all(
      job.inputs.map((input, i) => open(input, readers[i] as PartitionReader)),
    );
    const inputs = [first as PartitionInput<A>, ...others] as const;
    if (!checkpoint && startAt !== 'earliest') {
      // A crash before the first commit must not find another end, and skip what came in between.
      const next = Object.fromEntries(inputs.map((input) => [input.name, input.next]));
      const { watermark } = task;
      await commits.add(task.takeEpoch(), { next, watermark, pipeline }, { evenEmpty: true });
    }
    await processPartition(job, {
      task,
      inputs: [...inputs],
      commits,
      pipeline,
      partition,
      clock,
      signal,
      tasks,
    });
  } finally {
    running(undefined);
    task.close();
    await commits.settled();
  }
}
