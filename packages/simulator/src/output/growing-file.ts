import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { systemReason } from '@streamify/core/adapter';
import { CheckpointError, OutputError } from '../errors.ts';

/** A file that grows at its end. What a run wrote behind the length that it goes on from is cut off. */
export class GrowingFile {
  readonly path: string;
  readonly #file: number;
  #length: number;

  /**
   * Starts the file anew, or goes on from a length.
   *
   * @throws CheckpointError when it is shorter than that.
   * @throws OutputError when it cannot be opened.
   */
  constructor(path: string, length = 0) {
    this.path = path;
    this.#length = length;
    this.#file = this.#attempt('open', () => openSync(path, length === 0 ? 'w' : 'r+'));
    if (length === 0) return;
    const { size } = fstatSync(this.#file);
    if (size < length) {
      closeSync(this.#file);
      throw new CheckpointError(
        `${path} has ${size} bytes, and the checkpoint was taken at ${length}: it is not the file that was written; start over without the checkpoint`,
      );
    }
    ftruncateSync(this.#file, length);
  }

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array, length = bytes.length): void {
    for (let done = 0; done < length; ) {
      const written = this.#attempt('write', () =>
        writeSync(this.#file, bytes, done, length - done, this.#length),
      );
      done += written;
      this.#length += written;
    }
  }

  sync(): void {
    this.#attempt('write', () => fdatasyncSync(this.#file));
  }

  close(): void {
    closeSync(this.#file);
  }

  #attempt<T>(what: string, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      throw new OutputError(`cannot ${what} ${this.path}: ${systemReason(cause)}`, { cause });
    }
  }
}
