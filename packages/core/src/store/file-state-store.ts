import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { TaskId } from '../contract/sink.ts';
import type { StateStore } from '../contract/state-store.ts';
import { nodeFolder } from '../durable/node-folder.ts';
import { taskPath } from '../sink/ledger/task-path.ts';

/** Options of {@link fileStateStore}. */
export interface FileStateStoreOptions {
  /** The folder of the store, of one or more jobs of one sink. It is made where it is missing. */
  readonly dir: string;
  /** Default 256 KiB. */
  readonly minBytes?: number;
}

/**
 * Keeps large parts of saved state in files.
 *
 * @throws OptionError when an option cannot work.
 *
 * @example
 * await run({ ...job, stateStore: fileStateStore({ dir: '.streamify/state' }) });
 */
export function fileStateStore(options: FileStateStoreOptions): StateStore {
  checkOptions('fileStateStore', options, { dir: true, minBytes: true });
  const { dir, minBytes = 256 * 1024 } = options;
  if (typeof dir !== 'string' || dir === '')
    throw new OptionError(`dir must be the path of a folder, got ${JSON.stringify(dir)}`);
  if (!(minBytes >= 0)) throw new OptionError(`minBytes must not be negative, got ${minBytes}`);
  const folder = nodeFolder(dir);
  const pathOf = (task: TaskId, name: string) => `${taskPath(task)}/${name}`;
  return {
    minBytes,
    write: (task, name, bytes) => folder.write(pathOf(task, name), bytes),
    read: (task, name) => folder.read(pathOf(task, name)),
    list: (task) => folder.list(taskPath(task)),
    remove: (task, name) => folder.remove(pathOf(task, name)),
  };
}
