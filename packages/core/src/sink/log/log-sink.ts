import { partitionOf } from '../../adapter/partition-of.ts';
import { avroEncoder } from '../../codec/avro-codec.ts';
import { watermarkRecord } from '../../codec/watermark-record.ts';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import { OptionError } from '../../contract/errors.ts';
import { rowOf, type StreamEvent } from '../../contract/event.ts';
import type { NewRecord, Topic } from '../../contract/event-log.ts';
import type { Sink, SinkTask, TaskId } from '../../contract/sink.ts';
import { readDeadLetters } from '../ledger/dead-letters.ts';
import { padded } from '../ledger/ledger-entry.ts';
import { outputParts } from '../ledger/output-parts.ts';
import { openLedger } from '../ledger/task-ledger.ts';
import { taskPath } from '../ledger/task-path.ts';
import { type TopicAppender, topicAppender } from './topic-appender.ts';

export interface LogSinkOptions {
  /**
   * The folder of the checkpoints, dead letters and side outputs, beside the log. Needed for a log
   * in files; without it they are kept in memory, as long as the log's object lives.
   */
  readonly dir?: string;
}

/** A sink into a topic. */
export interface LogSink<T> extends Sink<T | StreamEvent<T>> {
  /** The dead letters that a job has committed, by partition and epoch: what `redrive` takes. */
  deadLetters(job: string): Promise<readonly DeadLetter[]>;
}

/**
 * Delivers into another topic of a log, exactly once, under the key of the topic's type: how a
 * stream gets a new key.
 *
 * The topic carries the watermarks of the tasks that feed it, and a job that reads it follows the
 * slowest of them, so that a backlog read at uneven speed loses nothing. The topic has no other
 * writer than such sinks; the log has one writing process.
 *
 * @throws OptionError when `dir` is empty, or not the one that the topic's other sinks have.
 *
 * @example
 * await run({ name: 'by-song', from: plays, through: (plays$) => plays$, into: logSink(log.topic('plays_by_song', PlayBySong), { dir: 'by-song' }) });
 */
export function logSink<T extends object>(
  topic: Topic<T>,
  options: LogSinkOptions = {},
): LogSink<T> {
  const { dir } = options;
  if (dir !== undefined && (typeof dir !== 'string' || dir === ''))
    throw new OptionError(`dir is the folder of the checkpoints, got ${JSON.stringify(dir)}`);
  return appendingSink(topic, topicAppender(topic.log, topic.name, dir));
}

/** What a commit keeps for the next: the last watermark that was written, as text, because JSON has no infinity. */
interface Written {
  readonly watermark?: string;
}

/** {@link logSink} with a given appender. */
export function appendingSink<T extends object>(
  topic: Topic<T>,
  appender: TopicAppender,
): LogSink<T> {
  const { log, name, type } = topic;

  const open = async (task: TaskId): Promise<SinkTask<T | StreamEvent<T>>> => {
    const { encode } = avroEncoder(type, await log.registry.register(`${name}-value`, type.schema));
    const folder = appender.folder.sub(taskPath(task));
    const ledger = await appender.exclusively(async () => {
      await appender.settledEnds();
      return openLedger(folder, task);
    });
    const watermarks = watermarkRecords(task, (await log.partitions(name)) ?? 0);
    let written = (ledger.sink as Written | undefined)?.watermark;
    // A row is encoded to see whether it fits, and not once more when it is committed.
    const encoded = new WeakMap<object, Uint8Array>();

    const recordOf = (element: T | StreamEvent<T>): NewRecord => {
      const row = rowOf(element);
      return { key: type.keyOf(row), value: encoded.get(element) ?? encode(row) };
    };

    return {
      checkpoint: ledger.checkpoint,
      refusal(element) {
        try {
          encoded.set(element, encode(rowOf(element)));
          return undefined;
        } catch (cause) {
          return (cause as Error).message;
        }
      },
      async commit(commit, output) {
        const { epoch, watermark } = commit;
        if (commit.next[name] !== undefined || output.causes[0]?.topic === name)
          throw new OptionError(
            `job ${task.job} reads topic ${name} and writes to it, which would never end: give it another topic`,
          );
        const rows = output.rows.map(recordOf);
        const first = written === undefined && rows.length > 0;
        // Event time may look younger behind a restart; what was told is not taken back.
        const moved = watermark > Number(written ?? Number.NEGATIVE_INFINITY);
        const records = [
          // Readers know of this task before its first row.
          ...(first ? watermarks(Number.NEGATIVE_INFINITY) : []),
          ...rows,
          ...(moved ? watermarks(watermark) : []),
        ];
        const after = moved ? String(watermark) : first ? '-Infinity' : written;
        await appender.exclusively(() =>
          appender.append(records, (stretch, file) =>
            ledger.commit(commit, {
              parts: { ...outputParts(output), ...(file && { records: file }) },
              counts: output.counts,
              sink: { ...stretch, ...(after !== undefined && { watermark: after }) },
            }),
          ),
        );
        written = after;
        for (const name of await folder.list('records'))
          if (name < padded(epoch)) await folder.remove(`records/${name}`);
      },
      close: async () => {},
    };
  };
  return { open, deadLetters: (job) => readDeadLetters(appender.folder, job) };
}

/** Makes the records that tell every partition of a topic how far a task has come; none when the job's size is not known. */
function watermarkRecords(
  { job, partition, partitions: writers }: TaskId,
  partitions: number,
): (watermark: number) => readonly NewRecord[] {
  if (writers === undefined) return () => [];
  const writer = `${job}/${partition}`;
  const keys = keysOf(partitions);
  return (watermark) =>
    keys.map((key) => ({ ...watermarkRecord({ writer, writers, watermark }), key }));
}

/** A key for each partition: a log is published to by key. */
function keysOf(partitions: number): readonly string[] {
  const keys = new Map<number, string>();
  for (let n = 0; keys.size < partitions; n++) {
    const key = `watermark ${n}`;
    const partition = partitionOf(key, partitions);
    if (!keys.has(partition)) keys.set(partition, key);
  }
  return [...keys].sort(([a], [b]) => a - b).map(([, key]) => key);
}
