import { Frontier } from '../../adapter/frontier.ts';
import { type DurableEnd, DurableEndFile } from './durable-end.ts';
import type { LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';
import { durableEndPath } from './segments.ts';

/** How often a reader that waits looks whether another process has written, in milliseconds. */
const interval = 50;

/** Follows a partition that another process writes to. */
export class FollowedPartition {
  readonly place: PartitionPlace;
  readonly frontier: Frontier;
  readonly #file: DurableEndFile;
  #end: DurableEnd;
  #timer: NodeJS.Timeout | undefined;

  private constructor(place: PartitionPlace, file: DurableEndFile, end: DurableEnd) {
    this.place = place;
    this.#file = file;
    this.#end = end;
    this.frontier = new Frontier(end.end);
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
    this.frontier.advance(end.end);
    return this.#end;
  }

  /** Keeps looking for as long as anybody waits. */
  follow(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.refresh().then(
        () => {
          if (this.frontier.awaited) this.follow();
        },
        // Whoever waits looks for itself then, and gets the error.
        () => this.frontier.wake(),
      );
    }, interval);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.frontier.wake();
    await this.#file.close();
  }
}
