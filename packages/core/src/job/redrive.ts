import { type DeadLetter, letterId } from '../contract/dead-letter.ts';
import { OptionError } from '../contract/errors.ts';
import { type Incoming, RecordDecoder } from '../task/decode-record.ts';
import { settleAll, settleOne } from '../task/settle.ts';
import type { Redriven, Task } from '../task/task.ts';
import { checkJob } from './check-job.ts';
import { CommitQueue, type CommitReport } from './commit-queue.ts';
import type { Inputs, Job, JobOptions, MergedJobOptions } from './job-options.ts';
import { openTaskAtSink } from './open-task.ts';

/** How many dead letters were re-driven, and with what outcome. */
export interface RedriveSummary {
  /** Letters that were processed, and are closed now. */
  readonly done: number;
  /** Letters that an earlier call had processed, and this one left alone. */
  readonly doneBefore: number;
  /** Letters that failed again, and stay open. */
  readonly deadAgain: number;
}

/**
 * Lets dead letters go through their job again, once its code is mended: with its state, from the
 * bytes that the letters hold, into its sink. Each lands exactly once, however often this is called
 * and wherever it is interrupted: which letters are done is part of the job's state. A letter that is done
 * counts as `redriven` and is closed: the sink keeps it, and `deadLetters` gives it no longer.
 *
 * The result of a letter, such as a window's, is emitted again by its operator; the call of a letter is
 * made again. An event comes as late as it is: windows that have closed since take it for late.
 *
 * Stop the job first: this takes its tasks over, as a second run of it would.
 *
 * @throws OptionError when a letter is of a topic that the job does not read.
 * @throws FencedError when the job is started meanwhile; call it again.
 *
 * @example
 * await redrive(job, await sink.deadLetters(job.name));
 */
export function redrive<A, B>(
  job: JobOptions<A, B>,
  letters: readonly DeadLetter[],
): Promise<RedriveSummary>;
/** Lets dead letters of a job with several inputs go through it again. */
export function redrive<I extends Inputs, B>(
  job: MergedJobOptions<I, B>,
  letters: readonly DeadLetter[],
): Promise<RedriveSummary>;
export async function redrive(
  options: object,
  letters: readonly DeadLetter[],
): Promise<RedriveSummary> {
  const job = checkJob(options as JobOptions<never, unknown>);
  const topics = job.inputs.map(({ topic }) => topic.name);
  const stray = letters.find(({ position }) => !topics.includes(position.topic));
  if (stray)
    throw new OptionError(
      `job ${job.name} reads ${topics.join(', ')}, and cannot process a letter of ${stray.position.topic}`,
    );
  const sum = { done: 0, doneBefore: 0, deadAgain: 0 };
  for (const partition of new Set(letters.map(({ position }) => position.partition))) {
    const own = letters.filter(({ position }) => position.partition === partition);
    await redrivePartition(job, partition, inOrder(own), (outcome) => {
      if (outcome === 'done') sum.done++;
      else if (outcome === 'done before') sum.doneBefore++;
      else sum.deadAgain++;
    });
  }
  return sum;
}

async function redrivePartition<A, B>(
  job: Job<A, B>,
  partition: number,
  letters: readonly DeadLetter[],
  tell: (outcome: Redriven) => void,
): Promise<void> {
  const { name, epoch: { maxRecords = 20_000 } = {}, abort = new AbortController().signal } = job;
  const { task, pipeline, sinkTask } = await openTaskAtSink(job, partition);
  try {
    const { checkpoint } = sinkTask;
    if (!checkpoint)
      throw new OptionError(
        `job ${name} has never committed anything for partition ${partition}: these letters are not its own`,
      );
    const { epoch, next, topicIds } = checkpoint;
    const report = (committed: CommitReport) => job.onCommit?.(committed);
    const commits = new CommitQueue({ sinkTask, partition, epoch, topicIds, abort, report });
    const decode = decoderOf(job, partition, task);
    for (let at = 0; at < letters.length; at += maxRecords) {
      const slice = letters.slice(at, at + maxRecords);
      const outcomes = await redriveSlice(task, slice, await decode(slice));
      await commits.add(task.takeEpoch(), { next, watermark: task.watermark, pipeline });
      await commits.settled();
      for (const outcome of outcomes) tell(outcome);
    }
  } finally {
    task.close();
    await sinkTask.close();
  }
}

/** Does letters again, as one epoch. Resolves with what became of each, once all calls have come. */
async function redriveSlice<A, B>(
  task: Task<A, B>,
  letters: readonly DeadLetter[],
  incoming: readonly Incoming<A>[],
): Promise<readonly Redriven[]> {
  const outcomes: Redriven[] = [];
  const tell = (outcome: Redriven) => void outcomes.push(outcome);
  for (const [i, letter] of letters.entries()) {
    while (task.isFull) await settleOne(task);
    task.run(() => {
      const { arrival, event } = incoming[i] as Incoming<A>;
      const what = letter.result ?? event;
      if (what) task.redrive(letterId(letter), what, arrival, tell);
      else tell('dead again');
    });
  }
  await settleAll(task);
  return outcomes;
}

/** Makes events of what letters hold. */
function decoderOf<A, B>(job: Job<A, B>, partition: number, task: Task<A, B>) {
  const refusalOfTime: Task<A, B>['refusalOfTime'] = (time, loggedAt) =>
    task.refusalOfTime(time, loggedAt);
  const decoders = new Map(
    job.inputs.map((input) => [
      input.topic.name,
      new RecordDecoder({ input, partition, refusalOfTime }),
    ]),
  );
  return async (letters: readonly DeadLetter[]): Promise<Incoming<A>[]> => {
    const incoming: Incoming<A>[] = [];
    for (const { position, key, raw, headers, loggedAt } of letters) {
      const decoder = decoders.get(position.topic) as RecordDecoder<A>;
      const record = { offset: position.offset, key, value: raw, headers, loggedAt };
      await decoder.prepare([record]);
      incoming.push(decoder.decode(record));
    }
    return incoming;
  };
}

/** By position, so that the order in which a sink gives them does not matter; results of one event as they came. */
function inOrder(letters: readonly DeadLetter[]): readonly DeadLetter[] {
  return [...letters].sort(({ position: a }, { position: b }) =>
    a.topic === b.topic ? a.offset - b.offset : a.topic < b.topic ? -1 : 1,
  );
}
