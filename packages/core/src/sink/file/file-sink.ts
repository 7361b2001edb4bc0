import { resolve } from 'node:path';
import { SinkTargets } from '../../adapter/sink-targets.ts';
import { checkOptions } from '../../contract/check-options.ts';
import { OptionError } from '../../contract/errors.ts';
import type { StreamEvent } from '../../contract/event.ts';
import type { RecordSchema } from '../../contract/event-type.ts';
import type { NamedSinks, Sink, SinkTask, TaskId } from '../../contract/sink.ts';
import type { Folder } from '../../durable/folder.ts';
import { nodeFolder } from '../../durable/node-folder.ts';
import { readDeadLetters } from '../ledger/dead-letters.ts';
import { outputParts, ownParts } from '../ledger/output-parts.ts';
import { openLedger } from '../ledger/task-ledger.ts';
import { taskPath } from '../ledger/task-path.ts';
import { JsonRows } from './json-rows.ts';

/** Options of {@link fileSink}. */
export interface FileSinkOptions {
  /** The folder that jobs write under: `<dir>/<job>/<partition>/<folder>/<epoch>.jsonl`. */
  readonly dir: string;
  /** Name of the folder that rows have in their task's. Default `rows`; a named output needs another. */
  readonly folder?: string;
  /** Schema that rows must fit. Without one, a row is any object that JSON can hold. */
  readonly schema?: RecordSchema;
}

/** A sink into files. */
export type FileSink<Row> = Sink<Row | StreamEvent<Row>>;

/** Sinks into files, by what they write. */
const targets = new SinkTargets<JsonRows>();

/**
 * Delivers into files of JSON lines, exactly once: a file for each epoch of a task that gave rows,
 * which appears whole, once the epoch is committed, and never changes.
 *
 * Dead letters, elements kept as JSON, state and checkpoint are files beside it. Leftovers of an
 * interrupted commit are removed, and an unfinished one is finished, when the task is opened. An owner
 * that was replaced is fenced, in this process or another.
 *
 * @throws OptionError when `dir` is empty, `folder` cannot be one, or two fields of the schema give the same column.
 *
 * @example
 * await run({ name: 'plays', from: log.topic('plays', Play), through: (plays$) => plays$, into: fileSink({ dir: 'out' }) });
 */
export function fileSink<Row extends object>(options: FileSinkOptions): FileSink<Row> {
  checkOptions('fileSink', options, { dir: true, folder: true, schema: true });
  const { dir, folder, schema } = options;
  if (typeof dir !== 'string' || dir === '')
    throw new OptionError(`dir is the folder to write to, got ${JSON.stringify(dir)}`);
  return folderSink(nodeFolder(dir), { folder, schema, store: `files in ${resolve(dir)}` });
}

/** {@link fileSink} on a given folder. */
export function folderSink<Row extends object>(
  root: Folder,
  options: Partial<{
    readonly folder: string | undefined;
    readonly schema: RecordSchema | undefined;
    readonly store: unknown;
  }> = {},
): FileSink<Row> {
  const { folder = 'rows', schema, store = root } = options;
  if (!/^[\w-]{1,100}$/.test(folder) || ownParts.includes(folder))
    throw new OptionError(
      `folder has letters, digits, underscores and hyphens, and is none of ${ownParts.join(', ')}: got ${JSON.stringify(folder)}`,
    );
  const target = new JsonRows(folder, schema);
  const sink: FileSink<Row> = {
    store,
    target: folder,
    deadLetters: (job) => readDeadLetters(root, job),
    open: (task, named) => openFiles(root, target, task, named),
  };
  return targets.add(sink, target);
}

async function openFiles<T>(
  root: Folder,
  main: JsonRows,
  task: TaskId,
  named?: NamedSinks,
): Promise<SinkTask<T>> {
  const others = targets.of(named);
  const all = [main, ...others.values()];
  for (const [output, target] of others)
    if (all.some((other) => other !== target && !other.agreesWith(target)))
      throw new OptionError(
        `output ${output} and another write to the folder ${target.folder} with schemas that differ: give it a folder of its own`,
      );
  const ledger = await openLedger(root.sub(taskPath(task)), task);
  return {
    checkpoint: ledger.checkpoint,
    refusal: (row) => main.refusal(row),
    refusalOf: (output, row) => others.get(output)?.refusal(row),
    commit(commit, output) {
      const rows = new Map<string, unknown[]>([[main.folder, main.linesOf(output)]]);
      for (const [name, target] of others) {
        const of = output.named.get(name);
        const before = rows.get(target.folder) ?? [];
        if (of) rows.set(target.folder, [...before, ...target.linesOf(of)]);
      }
      return ledger.commit(commit, {
        parts: { ...JsonRows.parts(rows), ...outputParts(output) },
        counts: output.counts,
      });
    },
    close: async () => {},
  };
}
