import { OptionError } from '../errors.ts';
import { nodeFolder } from '../sink/node-folder.ts';
import type { TaskId } from '../sink/sink.ts';
import { taskPath } from '../sink/task-path.ts';

/** Keeps parts of tasks' saved state that are too large for a sink's transaction, by task and name. */
export interface StateStore {
  /** Parts of at least so many bytes go to the store; smaller ones stay in the checkpoint. */
  readonly minBytes: number;
  /** Writes a part under a name that was never used before. It is durable when this resolves. */
  write(task: TaskId, name: string, bytes: Uint8Array): Promise<void>;
  /** `undefined` where there is no such part. */
  read(task: TaskId, name: string): Promise<Uint8Array | undefined>;
  /** The names of a task's parts. */
  list(task: TaskId): Promise<readonly string[]>;
  /** Removes a part, if there is one. */
  remove(task: TaskId, name: string): Promise<void>;
}

export interface FileStateStoreOptions {
  /** The folder of the store, of one or more jobs of one sink. It is made where it is missing. */
  readonly dir: string;
  /** Default 256 KiB. */
  readonly minBytes?: number;
}

/**
 * Keeps state in files.
 *
 * @throws OptionError when an option cannot work.
 *
 * @example
 * await run({ ...job, stateStore: fileStateStore({ dir: '.streamify/state' }) });
 */
export function fileStateStore({ dir, minBytes = 256 * 1024 }: FileStateStoreOptions): StateStore {
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
