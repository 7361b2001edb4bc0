import { setImmediate } from 'node:timers/promises';
import { DeadLetterLimitError, PoisonError } from '../contract/errors.ts';
import type { Incoming } from '../task/decode-record.ts';
import { earliestOf } from '../task/merge-inputs.ts';
import type { PartitionInput } from '../task/partition-input.ts';
import type { Arrival, Task } from '../task/task.ts';
import type { Clock } from './clock.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { Job } from './job-options.ts';

/** Records of the epochs of all tasks together, and of one at least, unless the job says. */
const RECORDS_OF_EPOCHS = 20_000;
const RECORDS_OF_EPOCH = 1_000;
/** Records that are processed at once while a commit is under way. */
const RECORDS_A_TURN = 100;
/** Events looked at before the share of dead ones says anything. */
const DEAD_SHARE_AFTER = 1_000;

/** An open task with all that it works on. */
export interface OpenTask<A, B> {
  readonly task: Task<A, B>;
  readonly inputs: readonly [PartitionInput<A>, ...PartitionInput<A>[]];
  readonly commits: CommitQueue<B>;
  /** Describes the task's states. */
  readonly pipeline: string;
  readonly partition: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How many tasks the process works on. */
  readonly tasks: () => number;
}

/**
 * Works on one partition until its end, or until `signal` fires: pulls slices of the log, pushes
 * them through the pipeline, commits what came of them. While one epoch commits the next is
 * processed, so at most two are in memory, and nothing is pulled beyond that.
 */
export async function processPartition<A, B>(
  job: Job<A, B>,
  { task, inputs, commits, pipeline, partition, clock, signal, tasks }: OpenTask<A, B>,
): Promise<void> {
  const { atEnd = 'wait', idleAfter = Number.POSITIVE_INFINITY } = job;
  const { maxBytes = 16 * 1024 * 1024, maxWait = 1_000 } = job.epoch ?? {};
  const push = pusher(job, partition, task);
  const halt = AbortSignal.any([signal, commits.failed]);
  let movedAt = clock.now();

  const isEnded = () => inputs.every((input) => input.isEnded);
  const isQuiet = (input: PartitionInput<A>) => clock.now() - input.heardAt >= idleAfter;
  /** Whether the next record of all cannot be told yet. */
  const isBlocked = () =>
    inputs.some((input) => input.isEmpty && !input.isEnded && !isQuiet(input)) ||
    inputs.every((input) => input.isEmpty);
  /** Milliseconds until the clock may have to move event time on, or to do without an input. */
  const untilIdle = () => {
    const starts = [movedAt, ...inputs.map(({ heardAt }) => heardAt)];
    const left = starts.map((start) => start + idleAfter - clock.now());
    return Math.min(...left.filter((ms) => ms > 0));
  };

  const commitEpoch = (options?: { readonly evenEmpty: boolean }) => {
    const next = Object.fromEntries(inputs.map((input) => [input.name, input.next]));
    return commits.add(task.takeEpoch(), { next, watermark: task.watermark, pipeline }, options);
  };

  /** Pulls and processes what makes up an epoch. Resolves with the number of its records. */
  const fillEpoch = async (): Promise<number> => {
    const closesAt = clock.now() + maxWait;
    const share = Math.max(RECORDS_OF_EPOCH, Math.ceil(RECORDS_OF_EPOCHS / tasks()));
    const { maxRecords = share } = job.epoch ?? {};
    let [records, bytes] = [0, 0];
    while (records < maxRecords && bytes < maxBytes && !isEnded() && !halt.aborted) {
      const left = closesAt - clock.now();
      if (records > 0 && left <= 0) break;
      const request = {
        maxRecords: maxRecords - records,
        maxBytes: maxBytes - bytes,
        maxWait: Math.max(0, Math.min(left, untilIdle())),
        signal: halt,
      };
      const lacking = inputs.filter((input) => input.isEmpty && !input.isEnded);
      await Promise.all(lacking.map((input) => input.fetch(request)));
      if (isBlocked()) break;
      // A commit that is under way has steps of its own: they need not wait for all of an epoch.
      if (commits.isCommitting) await setImmediate();
      const pause = commits.isCommitting ? records + RECORDS_A_TURN : maxRecords;
      push(() => {
        if (records >= Math.min(maxRecords, pause) || bytes >= maxBytes || isBlocked())
          return undefined;
        const incoming = earliestOf(inputs)?.take();
        records++;
        if (incoming) bytes += sizeOf(incoming);
        return incoming;
      });
    }
    return records;
  };

  /** Lets the clock move event time where nothing has come for long, as an epoch of its own. */
  const moveByClock = async (): Promise<void> => {
    const now = clock.now();
    if (now - movedAt < idleAfter || !inputs.every(isQuiet)) return;
    movedAt = now;
    task.run(() => task.advanceTo(now - idleAfter, lastOf(inputs[0], partition)));
    await commitEpoch();
  };

  while (!halt.aborted && !isEnded())
    if ((await fillEpoch()) > 0) await commitEpoch();
    else await moveByClock();
  if (atEnd === 'complete' && !signal.aborted) {
    task.run(() => task.complete(lastOf(inputs[0], partition)));
    checkPoison(job, task);
    await commitEpoch();
  }
  await commits.settled();
  task.check();
}

/** Pushes what `next` gives into the task until it gives no more. */
function pusher<A, B>(job: Job<A, B>, partition: number, task: Task<A, B>) {
  const { name, inputs, maxDeadShare = 0.5 } = job;
  let [seen, dead] = [0, 0];

  const pushOne = ({ arrival, event, carried, failure }: Incoming<A>) => {
    if (event) task.push(event, arrival);
    else if (carried) task.pushWatermark(carried, arrival);
    else if (failure) task.pushDead(arrival, failure.operator, failure.cause);
  };

  return (next: () => Incoming<A> | undefined): void => {
    const before = task.seen;
    task.run(() => {
      for (let incoming = next(); incoming; incoming = next()) pushOne(incoming);
    });
    checkPoison(job, task);
    seen += task.seen.records - before.records;
    dead += task.seen.dead - before.dead;
    if (seen >= DEAD_SHARE_AFTER && dead > seen * maxDeadShare)
      throw new DeadLetterLimitError(
        `${dead} of ${seen} events of ${inputs.map(({ topic }) => topic.name).join(', ')}/${partition} could not be processed, more than the share of ${maxDeadShare} that job ${name} allows; the last epoch was not committed. The first of it failed in ${task.firstDead?.operator}: ${task.firstDead?.reason}. Mend that, or raise maxDeadShare`,
      );
  };
}

/** @throws PoisonError when the open epoch has a dead letter, and the job wants none. */
function checkPoison<A, B>({ name, onPoison }: Job<A, B>, task: Task<A, B>): void {
  const letter = onPoison === 'fail' ? task.firstDead : undefined;
  if (!letter) return;
  const { topic, partition, offset } = letter.position;
  throw new PoisonError(
    `the event ${topic}/${partition}/${offset} could not be processed by ${letter.operator}: ${letter.reason}; job ${name} fails at the first, and its epoch was not committed`,
    letter,
  );
}

function sizeOf<A>({ arrival }: Incoming<A>): number {
  return arrival.record.key.length + arrival.record.value.length;
}

/** Stands for the last record where there is none at hand. */
function lastOf<A>({ topic, next }: PartitionInput<A>, partition: number): Arrival {
  const offset = next - 1;
  return {
    record: { offset, key: '', value: new Uint8Array(), loggedAt: 0 },
    position: { topic, partition, offset },
    schemaId: undefined,
  };
}
