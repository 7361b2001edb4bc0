import { HighWatermark } from '../../adapter/high-watermark.ts';
import { type DurableEnd, DurableEndFile } from './durable-end.ts';
import type { LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';
import { durableEndPath } from './segments.ts';

/** How often a reader that waits looks whether another process has written, in milliseconds. */
const interval = 50;

/** Follows a partition that another process writes to. */
export class FollowedPartition {
  readonly place: PartitionPlace;
  readonly highWatermark: HighWatermark;
  readonly #file: DurableEndFile;
  #end: DurableEnd;
  #timer: NodeJS.Timeout | undefined;

  private constructor(place: PartitionPlace, file: DurableEndFile, end: DurableEnd) {
    this.place = place;
    this.#file = file;
    this.#end = end;
    this.highWatermark = new HighWatermark(end.end);
  }

  static async open(place: PartitionPlace, files: LogFiles): Promise<FollowedPartition> {
    const path = durableEndPath(place.dir);
    const file = new DurableEndFile(await files.open(path, 'read'), path);
    return new FollowedPartition(place, file, await file.read());
  }

  /** Looks how far the partition is durable now. */
  async refresh(): Promise<DurableEnd> {
    const end = await this.#file.read();
    if (end.end > this.#end.end) this.#end = end;
    this.highWatermark.advance(end.end);
    return this.#end;
  }

  /** Keeps looking for as long as anybody waits. */
  follow(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.refresh().then(
        () => {
          if (this.highWatermark.awaited) this.follow();
        },
        // Whoever waits looks for itself then, and gets the error.
        () => this.highWatermark.wake(),
      );
    }, interval);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.highWatermark.wake();
    await this.#file.close();
  }
}
