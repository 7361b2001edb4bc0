import { jsonMisfit } from '../../adapter/json-text.ts';
import { misfitOf, tableColumns } from '../../adapter/table-columns.ts';
import type { DeadLetter } from '../../contract/dead-letter.ts';
import type { EpochOutput } from '../../contract/epoch.ts';
import { OptionError } from '../../contract/errors.ts';
import { rowOf, type StreamEvent } from '../../contract/event.ts';
import type { RecordSchema } from '../../contract/event-type.ts';
import type { Sink, SinkTask, TaskId } from '../../contract/sink.ts';
import type { Folder } from '../../durable/folder.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { readDeadLetters } from '../ledger/dead-letters.ts';
import { outputParts, part } from '../ledger/output-parts.ts';
import { openLedger } from '../ledger/task-ledger.ts';
import { taskPath } from '../ledger/task-path.ts';

export interface FileSinkOptions {
  /** The folder that jobs write under: `<dir>/<job>/<partition>/rows/<epoch>.jsonl`. */
  readonly dir: string;
  /** What rows must fit. Without one, a row is any object that JSON can hold. */
  readonly schema?: RecordSchema;
}

/** A sink into files. */
export interface FileSink<Row> extends Sink<Row | StreamEvent<Row>> {
  /** The dead letters that a job has committed, by partition and epoch: what `redrive` takes. */
  deadLetters(job: string): Promise<readonly DeadLetter[]>;
}

/** Names of the fields that the sink adds to each row: the position of the event that caused it. */
const ownFields = ['_topic', '_partition', '_offset'] as const;

/**
 * Delivers into files of JSON lines, exactly once: a file for each epoch of a task that gave rows,
 * which appears whole, once the epoch is committed, and never changes.
 *
 * Dead letters, side outputs, state and checkpoint are files beside it. Leftovers of an interrupted
 * commit are removed, and an unfinished one is finished, when the task is opened. An owner that was
 * replaced is fenced, in this process or another.
 *
 * @throws OptionError when `dir` is empty or two fields of the schema give the same column.
 *
 * @example
 * await run({ name: 'plays', from: log.topic('plays', Play), through: (plays$) => plays$, into: fileSink({ dir: 'out' }) });
 */
export function fileSink<Row extends object>(options: FileSinkOptions): FileSink<Row> {
  const { dir, schema } = options;
  if (typeof dir !== 'string' || dir === '')
    throw new OptionError(`dir is the folder to write to, got ${JSON.stringify(dir)}`);
  return folderSink(nodeFolder(dir), schema);
}

/** {@link fileSink} on a given folder. */
export function folderSink<Row extends object>(
  folder: Folder,
  schema?: RecordSchema,
): FileSink<Row> {
  const columns = schema && tableColumns(schema);

  const refusal = (element: Row | StreamEvent<Row>): string | undefined => {
    const row: unknown = rowOf(element);
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return `a row is an object, not ${JSON.stringify(row)}`;
    const own = ownFields.find((field) => field in row);
    if (own !== undefined) return `${own} is a field of the sink's own`;
    return (columns && misfitOf(columns, row)) ?? jsonMisfit(row);
  };

  const rowsOf = ({ rows, causes }: EpochOutput<Row | StreamEvent<Row>>) =>
    rows.map((row, i) => {
      const cause = causes[i];
      return {
        ...rowOf(row),
        _topic: cause?.topic,
        _partition: cause?.partition,
        _offset: cause?.offset,
      };
    });

  return {
    deadLetters: (job) => readDeadLetters(folder, job),
    async open(task: TaskId): Promise<SinkTask<Row | StreamEvent<Row>>> {
      const ledger = await openLedger(folder.sub(taskPath(task)), task);
      return {
        checkpoint: ledger.checkpoint,
        refusal,
        commit: (commit, output) =>
          ledger.commit(commit, {
            parts: { ...part('rows', rowsOf(output)), ...outputParts(output) },
            counts: output.counts,
          }),
        close: async () => {},
      };
    },
  };
}
