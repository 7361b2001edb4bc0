import { writtenEnd } from '../adapter/written-end.ts';
import type { Checkpoint } from '../contract/checkpoint.ts';
import type { PartitionReader } from '../contract/event-log.ts';
import type { SinkTask } from '../contract/sink.ts';
import type { Input } from '../task/input.ts';
import { PartitionInput } from '../task/partition-input.ts';
import type { Task } from '../task/task.ts';
import { systemClock } from './clock.ts';
import { CommitQueue, type CommitReport } from './commit-queue.ts';
import { EpochLoop } from './epoch-loop.ts';
import { findStart, type InputPlace } from './find-start.ts';
import type { Job } from './job-options.ts';
import { measuredTask } from './measured-task.ts';
import { openReaders, openTaskAtSink, type TaskAtSink, topicIdsOf } from './open-task.ts';
import { withRetries } from './retry.ts';

/** Signals from a job to the work on one of its partitions, and callbacks from that work to the job. */
export interface PartitionContext<A, B> {
  readonly partition: number;
  /** Ends the work once the open epoch is committed. */
  readonly signal: AbortSignal;
  /** Ends the work at once. */
  readonly abort: AbortSignal;
  readonly onCommit: (committed: CommitReport) => void;
  /** How many tasks the process works on, this one counted. */
  readonly taskCount: () => number;
  /** Told of the task as it starts, and of its end. */
  readonly onTask: (task: Task<A, B> | undefined) => void;
}

/** Works on one partition of a job until its end, or until `signal` fires; again and again where the job retries. */
export async function workOnPartition<A, B>(
  job: Job<A, B>,
  context: PartitionContext<A, B>,
): Promise<void> {
  const { signal, onCommit } = context;
  const { clock = systemClock } = job;
  await withRetries({ ...job, clock }, context, async (committed) => {
    // Opening would fence whoever works on the task.
    if (signal.aborted) return;
    await openAndWork(job, {
      ...context,
      onCommit(commit) {
        committed();
        onCommit(commit);
      },
    });
  });
}

/** Opens the task and its readers, works on the partition, and closes both. */
async function openAndWork<A, B>(job: Job<A, B>, context: PartitionContext<A, B>): Promise<void> {
  const { partition, onTask } = context;
  const opened = await openTaskAtSink(job, partition);
  let readers: readonly PartitionReader[] = [];
  const sinkTask = measured(job, partition, opened.sinkTask, () => readers);
  try {
    onTask(opened.task);
    readers = await openReaders(job, partition);
    await goOn(job, context, { ...opened, sinkTask, readers });
  } finally {
    onTask(undefined);
    opened.task.close();
    for (const reader of readers) await reader.close();
    await sinkTask.close();
  }
}

/** Measures the commits of a task, where the job asks for that. */
function measured<A, B>(
  { name: job, inputs, metrics: reporter, clock = systemClock }: Job<A, B>,
  partition: number,
  sinkTask: SinkTask<B>,
  readers: () => readonly PartitionReader[],
): SinkTask<B> {
  if (!reporter) return sinkTask;
  const names = inputs.map(({ name }) => name);
  return measuredTask(sinkTask, { job, partition, names, readers, reporter, now: clock.now });
}

interface Opened<A, B> extends TaskAtSink<A, B> {
  readonly readers: readonly PartitionReader[];
}

/** Goes on from the checkpoint, or from the start. */
async function goOn<A, B>(
  job: Job<A, B>,
  context: PartitionContext<A, B>,
  { task, pipeline, sinkTask, readers }: Opened<A, B>,
): Promise<void> {
  const { startAt = 'earliest', clock = systemClock } = job;
  const { partition, abort, onCommit } = context;
  const { checkpoint } = sinkTask;
  const topicIds = await topicIdsOf(job);
  const epoch = checkpoint?.epoch ?? 0;
  const commits = new CommitQueue({
    sinkTask,
    partition,
    epoch,
    topicIds,
    abort,
    report: onCommit,
  });
  try {
    const inputs = await Promise.all(
      job.inputs.map((input, i) =>
        openInput(job, input, {
          task,
          partition,
          reader: readers[i] as PartitionReader,
          checkpoint,
          topicId: topicIds[input.name],
        }),
      ),
    );
    const [first, ...others] = inputs as [PartitionInput<A>, ...PartitionInput<A>[]];
    if (checkpoint ? hasMoved(checkpoint, inputs) : startAt !== 'earliest') {
      // A crash before the first commit must not find another end, and skip what came in between.
      const next = Object.fromEntries(inputs.map((input) => [input.name, input.next]));
      const { watermark } = task;
      await commits.add(task.takeEpoch(), { next, watermark, pipeline }, { evenEmpty: true });
    }
    const open = {
      ...context,
      task,
      pipeline,
      commits,
      clock,
      inputs: [first, ...others],
    } as const;
    await new EpochLoop(job, open).run();
  } finally {
    await commits.settled();
  }
}

/** Whether inputs go on elsewhere than where the checkpoint stands. */
function hasMoved<A>({ next }: Checkpoint, inputs: readonly PartitionInput<A>[]): boolean {
  return inputs.some((input) => input.next !== next[input.name]);
}

/** Finds where an input goes on, or starts. */
async function openInput<A, B>(
  job: Job<A, B>,
  input: Input<A>,
  place: Omit<InputPlace, 'gap' | 'count'> & { readonly task: Task<A, B> },
): Promise<PartitionInput<A>> {
  const { atEnd = 'wait', onGap = 'fail', clock = systemClock } = job;
  const { task, reader, partition } = place;
  const count = (name: string, n: number) => task.tally(name, n);
  const gap = { onGap, skipped: (offsets: number) => count('skipped', offsets) };
  const from = await findStart(job, input, { ...place, gap, count });
  const end = atEnd === 'wait' ? Number.POSITIVE_INFINITY : await writtenEnd(reader);
  return new PartitionInput({
    input,
    partition,
    reader,
    from,
    end,
    gap,
    refusalOfTime: (time, loggedAt) => task.refusalOfTime(time, loggedAt),
    now: clock.now,
  });
}
