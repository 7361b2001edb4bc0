import type { TaskId } from './sink.ts';

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
