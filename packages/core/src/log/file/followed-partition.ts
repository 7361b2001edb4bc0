import { HighWatermark } from '../../adapter/high-watermark.ts';
import { type DurableEnd, DurableEndFile } from './durable-end.ts';
import type { LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';
import { filesOfTopic, type ReadablePartition } from './readable-partition.ts';
import { durableEndPath } from './segments.ts';

/** How often a reader that waits looks whether another process has written, in milliseconds. */
const interval = 50;

/** The partition to follow, and its files. */
export interface FollowedPlace {
  readonly place: PartitionPlace;
  readonly files: LogFiles;
  /** @throws UnknownTopicError when its topic was deleted. */
  readonly checkThere: () => Promise<void>;
}

/** Follows a partition that another process writes to. */
export class FollowedPartition implements ReadablePartition {
  readonly place: PartitionPlace;
  readonly files: LogFiles;
  readonly highWatermark: HighWatermark;
  readonly checkThere: () => Promise<void>;
  readonly #file: DurableEndFile;
  #end: DurableEnd;
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    { place, files, checkThere }: FollowedPlace,
    file: DurableEndFile,
    end: DurableEnd,
  ) {
    this.place = place;
    this.files = files;
    this.checkThere = checkThere;
    this.#file = file;
    this.#end = end;
    this.highWatermark = new HighWatermark(end.end);
  }

  static async open({ place, files, checkThere }: FollowedPlace): Promise<FollowedPartition> {
    const ofTopic = filesOfTopic(files, checkThere);
    const path = durableEndPath(place.dir);
    const file = new DurableEndFile(await ofTopic.open(path, 'read'), path);
    return new FollowedPartition({ place, files: ofTopic, checkThere }, file, await file.read());
  }

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
      Promise.all([this.refresh(), this.checkThere()]).then(
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
