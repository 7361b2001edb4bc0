import { avroDecoder } from '../codec/avro-codec.ts';
import { schemaIdOf } from '../codec/wire-format.ts';
import { DeadLetterLimitError, OffsetOutOfRangeError, StateMismatchError } from '../errors.ts';
import type { Position } from '../event.ts';
import type { LogRecord, PartitionReader } from '../log/event-log.ts';
import type { SinkTask } from '../sink/sink.ts';
import type { CarriedWatermark } from './event-time.ts';
import type { JobOptions } from './run.ts';
import { type Arrival, Task, type TaskEpoch } from './task.ts';
import { isWatermarkRecord, readWatermark } from './watermark-record.ts';

/** What one commit made final. */
export interface CommitReport {
  readonly partition: number;
  readonly epoch: number;
  /** Offset that the task goes on from. */
  readonly next: number;
  readonly counts: Readonly<Record<string, number>>;
}

/** Events looked at before the share of dead ones says anything. */
const DEAD_SHARE_AFTER = 1_000;
const DAY = 86_400_000;

/**
 * Works on one partition until its end, or until `signal` fires: pulls a slice of the log, pushes
 * it through the pipeline, commits what came of it. While one epoch commits the next is processed,
 * so at most two are in memory, and nothing is pulled beyond that.
 */
export async function runPartition<A, B>(
  job: JobOptions<A, B>,
  partition: number,
  signal: AbortSignal,
  report: (committed: CommitReport) => void,
): Promise<void> {
  const { name, from, into } = job;
  // Opening would fence whoever works on the task.
  if (signal.aborted) return;
  const partitions = (await from.log.partitions(from.name)) ?? 0;
  const sinkTask = await into.open({ job: name, partition, partitions });
  try {
    const reader = await from.log.reader(from.name, partition);
    try {
      await processPartition(job, { partition, partitions, sinkTask, reader, signal, report });
    } finally {
      await reader.close();
    }
  } finally {
    await sinkTask.close();
  }
}

interface OpenPartition<B> {
  readonly partition: number;
  readonly partitions: number;
  readonly sinkTask: SinkTask<B>;
  readonly reader: PartitionReader;
  readonly signal: AbortSignal;
  readonly report: (committed: CommitReport) => void;
}

async function processPartition<A, B>(
  job: JobOptions<A, B>,
  { partition, partitions, sinkTask, reader, signal, report }: OpenPartition<B>,
): Promise<void> {
  const { name, from, through, atEnd = 'wait' } = job;
  const { checkpoint } = sinkTask;
  const task = new Task<A, B>({
    pipeline: through,
    refusal: (row) => sinkTask.refusal(row),
    maxFutureSkew: job.maxFutureSkew ?? DAY,
  });
  // State belongs to the keys of a partition, and these move when there are more partitions.
  const pipeline = task.signature && `${task.signature} partitions(${partitions})`;
  if (checkpoint) {
    if (checkpoint.pipeline !== pipeline)
      throw changedPipeline(name, checkpoint.pipeline, pipeline);
    task.restore(checkpoint.state);
    if (checkpoint.next[from.name] === undefined)
      throw changedTopic(name, Object.keys(checkpoint.next), from.name);
  }

  const bounds = await reader.bounds();
  const end = atEnd === 'wait' ? Number.POSITIVE_INFINITY : bounds.end;
  let next = checkpoint?.next[from.name] ?? bounds.start;
  if (next < bounds.start || next > bounds.end)
    throw new OffsetOutOfRangeError({ topic: from.name, partition, offset: next, ...bounds });

  const process = recordProcessor(job, partition, task);
  const commits = new CommitQueue(sinkTask, { epoch: checkpoint?.epoch ?? 0, partition, report });
  const commitEpoch = () =>
    commits.add(task.takeEpoch(), { input: from.name, next, pipeline, watermark: task.watermark });

  /** Pulls and processes what makes up an epoch. Resolves with the number of its records. */
  const fillEpoch = async (): Promise<number> => {
    const { maxRecords = 20_000, maxBytes = 16 * 1024 * 1024, maxWait = 1_000 } = job.epoch ?? {};
    const closesAt = Date.now() + maxWait;
    let [records, bytes] = [0, 0];
    while (records < maxRecords && bytes < maxBytes && next < end && !signal.aborted) {
      const left = closesAt - Date.now();
      if (records > 0 && left <= 0) break;
      const slice = await reader.poll({
        from: next,
        maxRecords: Math.min(maxRecords - records, end - next),
        maxBytes: maxBytes - bytes,
        maxWait: Math.max(left, 0),
        signal,
      });
      next = slice.next;
      if (slice.records.length === 0) break;
      await process(slice.records);
      records += slice.records.length;
      for (const { key, value } of slice.records) bytes += key.length + value.length;
    }
    return records;
  };

  try {
    while (!signal.aborted && next < end) if ((await fillEpoch()) > 0) await commitEpoch();
    if (atEnd === 'complete' && !signal.aborted) {
      task.run(() => task.complete(endOf(from.name, partition, next)));
      await commitEpoch();
    }
    await commits.settled();
    task.check();
  } finally {
    task.close();
    await commits.settled();
  }
}

/** Takes in the watermark of a writer; one that cannot be read is a dead letter. */
function pushWatermark<A, B>(task: Task<A, B>, arrival: Arrival): void {
  let carried: CarriedWatermark | undefined;
  try {
    carried = readWatermark(arrival.record);
  } catch (cause) {
    task.pushDead(arrival, 'watermark', cause);
  }
  if (carried) task.pushWatermark(carried, arrival);
}

/** Decodes records and pushes them into the task. */
function recordProcessor<A, B>(job: JobOptions<A, B>, partition: number, task: Task<A, B>) {
  const { from, maxDeadShare = 0.5 } = job;
  const decoder = avroDecoder(from.type, from.log.registry);
  let [seen, dead] = [0, 0];

  const pushOne = (record: LogRecord) => {
    const { offset, key, value: raw, loggedAt } = record;
    const position: Position = { topic: from.name, partition, offset };
    const arrival: Arrival = { record, position, schemaId: schemaIdOf(raw) };
    if (isWatermarkRecord(record)) return pushWatermark(task, arrival);
    let value: A;
    try {
      value = decoder.decode(record);
    } catch (cause) {
      return task.pushDead(arrival, 'decode', cause);
    }
    const time = from.type.timeOf(value);
    const refused = task.refusalOfTime(time, loggedAt);
    if (refused !== undefined) return task.pushDead(arrival, 'time', new RangeError(refused));
    task.push({ value, key, time, loggedAt, position }, arrival);
  };

  return async (records: readonly LogRecord[]): Promise<void> => {
    await decoder.prepare(records);
    const before = task.seen;
    task.run(() => {
      for (const record of records) pushOne(record);
    });
    seen += task.seen.records - before.records;
    dead += task.seen.dead - before.dead;
    if (seen >= DEAD_SHARE_AFTER && dead > seen * maxDeadShare)
      throw new DeadLetterLimitError(
        `${dead} of ${seen} events of ${from.name}/${partition} could not be processed, more than the share of ${maxDeadShare} that job ${job.name} allows; the last epoch was not committed`,
      );
  };
}

/** Commits epochs one after another, one at a time, while the caller works on the next. */
class CommitQueue<B> {
  readonly #sinkTask: SinkTask<B>;
  readonly #partition: number;
  readonly #report: (committed: CommitReport) => void;
  #epoch: number;
  #committing: Promise<void> = Promise.resolve();

  constructor(
    sinkTask: SinkTask<B>,
    {
      epoch,
      partition,
      report,
    }: { epoch: number; partition: number; report: (committed: CommitReport) => void },
  ) {
    this.#sinkTask = sinkTask;
    this.#epoch = epoch;
    this.#partition = partition;
    this.#report = report;
  }

  /** Resolves when the commit before has ended and this one is under way. Throws what that one threw. */
  async add(
    { output, state }: TaskEpoch<B>,
    { input, next, ...made }: { input: string; next: number; pipeline: string; watermark: number },
  ): Promise<void> {
    await this.#committing;
    const nothing = Object.keys(output.counts).length === 0 && output.aside.length === 0 && !state;
    if (nothing) return;
    const epoch = ++this.#epoch;
    this.#committing = this.#sinkTask
      .commit({ epoch, next: { [input]: next }, ...made, state }, output)
      .then(() => this.#report({ partition: this.#partition, epoch, next, counts: output.counts }));
    this.#committing.catch(() => {});
  }

  /** Resolves when nothing is under way. Throws what the last commit threw. */
  settled(): Promise<void> {
    return this.#committing;
  }
}

/** Stands for the last record where a pipeline is completed with no record at hand. */
function endOf(topic: string, partition: number, next: number): Arrival {
  return {
    record: { offset: next - 1, key: '', value: new Uint8Array(), loggedAt: 0 },
    position: { topic, partition, offset: next - 1 },
    schemaId: undefined,
  };
}

function changedTopic(job: string, saved: readonly string[], now: string): StateMismatchError {
  return new StateMismatchError(
    `job ${job} was saved reading ${saved.join(', ')}, and now reads ${now}: give the job a new name, under which it starts over`,
  );
}

function changedPipeline(job: string, saved: string, now: string): StateMismatchError {
  return new StateMismatchError(
    `job ${job} was saved with the states [${saved}], and now has [${now}]: go back to that pipeline, or give the job a new name, under which it starts over`,
  );
}
