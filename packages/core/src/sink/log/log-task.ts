import { checkOwnInput } from '../../adapter/check-own-input.ts';
import { checkTopicsAgree, type OutputTopic } from '../../adapter/check-topics-agree.ts';
import { tellWatermark } from '../../adapter/told-watermark.ts';
import type { Checkpoint } from '../../contract/checkpoint.ts';
import type { EpochCommit, EpochOutput } from '../../contract/epoch.ts';
import type { NewRecord } from '../../contract/event-log.ts';
import type { SinkTask, TaskId } from '../../contract/sink.ts';
import { padded } from '../ledger/ledger-entry.ts';
import { outputParts } from '../ledger/output-parts.ts';
import { openLedger, type TaskLedger } from '../ledger/task-ledger.ts';
import { taskPath } from '../ledger/task-path.ts';
import type { KeptByLogSink } from './last-commit.ts';
import type { LogAppender, RecordsByTopic } from './log-appender.ts';
import { TopicRows } from './topic-rows.ts';

/** The topics that a task writes to, and its appender. */
export interface LogTaskOptions {
  readonly appender: LogAppender;
  readonly task: TaskId;
  readonly main: OutputTopic;
  /** Topics of named outputs. */
  readonly named: ReadonlyMap<string, OutputTopic>;
}

/**
 * Takes a task over. What its last owner did not get to append is appended first, to whichever topics.
 *
 * @throws OptionError when two outputs go to one topic with event types that differ.
 */
export async function openLogTask<T>(options: LogTaskOptions): Promise<SinkTask<T>> {
  const { appender, task, main, named } = options;
  checkTopicsAgree(main, named);
  const rows = await TopicRows.open(main);
  const others = new Map<string, TopicRows>();
  for (const [output, target] of named) others.set(output, await TopicRows.open(target));
  const folder = appender.folder.sub(taskPath(task));
  const ledger = await appender.exclusively(async () => {
    const own = [rows, ...others.values()].map(({ topic }) => topic.name);
    for (const topic of new Set([...own, ...(await appender.topicsOf(folder))]))
      await appender.settledEnds(topic);
    return openLedger(folder, task);
  });
  const kept = ledger.sink as KeptByLogSink | undefined;
  return new LogTask<T>(options, { ledger, rows, others, kept });
}

interface Opened {
  readonly ledger: TaskLedger;
  readonly rows: TopicRows;
  readonly others: ReadonlyMap<string, TopicRows>;
  readonly kept: KeptByLogSink | undefined;
}

/** One owner's hold on a task that writes to topics of a log. */
class LogTask<T> implements SinkTask<T> {
  readonly checkpoint: Checkpoint | undefined;
  readonly #options: LogTaskOptions;
  readonly #opened: Opened;
  #kept: Partial<KeptByLogSink>;

  constructor(options: LogTaskOptions, opened: Opened) {
    this.#options = options;
    this.#opened = opened;
    this.#kept = opened.kept ?? {};
    this.checkpoint = opened.ledger.checkpoint;
  }

  refusal = (row: T): string | undefined => this.#opened.rows.refusal(row);

  refusalOf = (output: string, row: unknown): string | undefined =>
    this.#opened.others.get(output)?.refusal(row);

  commit = async (commit: EpochCommit, output: EpochOutput<T>): Promise<void> => {
    const { appender, task, main } = this.#options;
    const { batches, told } = await this.#recordsOf(commit, output);
    checkOwnInput(task.job, batches.keys(), commit, output);
    const { stretches: before, watermark: _, ...others } = this.#kept;
    await appender.exclusively(() =>
      appender.append(batches, async (stretches, file) => {
        const kept: KeptByLogSink = {
          ...others,
          topic: main.topic.name,
          stretches: { ...before, ...stretches },
          ...(told !== undefined && { watermark: told }),
        };
        await this.#opened.ledger.commit(commit, {
          parts: { ...outputParts(output), ...(file && { records: file }) },
          counts: output.counts,
          sink: kept,
        });
        this.#kept = kept;
      }),
    );
    await this.#removeRecordsBefore(commit.epoch);
  };

  close = async (): Promise<void> => {};

  /** The records of an epoch by topic, between what is told of its watermark. */
  async #recordsOf({ watermark }: EpochCommit, output: EpochOutput<T>) {
    const { task } = this.#options;
    const { rows, others } = this.#opened;
    const own = new Map<string, NewRecord[]>([[rows.topic.name, [...rows.recordsOf(output.rows)]]]);
    const silent = [rows, ...others.values()].filter(({ watermarks }) => !watermarks);
    for (const { topic } of others.values()) if (!own.has(topic.name)) own.set(topic.name, []);
    for (const [name, named] of output.named) {
      const target = others.get(name);
      if (target) own.get(target.topic.name)?.push(...target.recordsOf(named.rows));
    }
    const hasRows = [...own.values()].some(({ length }) => length > 0);
    const { before, behind, told } = tellWatermark(
      task,
      { watermark, hasRows },
      this.#kept.watermark,
    );
    const batches = new Map<string, readonly NewRecord[]>();
    for (const [topic, records] of own) {
      if (silent.some((each) => each.topic.name === topic)) {
        batches.set(topic, records);
        continue;
      }
      const partitions = (await rows.topic.log.partitions(topic)) ?? 0;
      const toAll = (record: NewRecord | undefined) => forAll(record, partitions);
      batches.set(topic, [...toAll(before), ...records, ...toAll(behind)]);
    }
    return { batches: batches as RecordsByTopic, told };
  }

  async #removeRecordsBefore(epoch: number): Promise<void> {
    const { appender, task } = this.#options;
    const folder = appender.folder.sub(taskPath(task));
    for (const name of await folder.list('records'))
      if (name < padded(epoch)) await folder.remove(`records/${name}`);
  }
}

/** The record for every partition of a topic. */
function forAll(record: NewRecord | undefined, partitions: number): readonly NewRecord[] {
  if (!record) return [];
  return Array.from({ length: partitions }, (_, partition) => ({ ...record, partition }));
}
