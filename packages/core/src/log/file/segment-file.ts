import { LogCorruptedError } from '../../contract/errors.ts';
import type { DurableEnd } from './durable-end.ts';
import type { LogFile, LogFiles } from './log-files.ts';
import { segmentPath } from './segments.ts';

/** A segment that is open for reading. */
export class SegmentFile {
  /** Offset of its first record. */
  readonly base: number;
  readonly path: string;
  readonly #file: LogFile;
  /** How long it is, once another one follows it. */
  #finalLength: number | undefined;

  private constructor(base: number, path: string, file: LogFile) {
    this.base = base;
    this.path = path;
    this.#file = file;
  }

  /** @throws LogCorruptedError when it is missing. */
  static async open(dir: string, files: LogFiles, base: number): Promise<SegmentFile> {
    const path = segmentPath(dir, base);
    try {
      return new SegmentFile(base, path, await files.open(path, 'read'));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      throw new LogCorruptedError(
        `${path}, which should hold offset ${base}, is missing; restore it from a copy of the log`,
        { cause },
      );
    }
  }

  /** Bytes of it that are durable: all of it, when another one follows. */
  async durableLength(end: DurableEnd): Promise<number> {
    if (this.base === end.segment) return end.position;
    this.#finalLength ??= await this.#file.size();
    return this.#finalLength;
  }

  /** Reads up to `length` bytes from a position; fewer where the file ends before. */
  async read(position: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafeSlow(length);
    return bytes.subarray(0, await this.#file.read(bytes, position));
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
