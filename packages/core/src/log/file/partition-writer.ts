import { setMaxListeners } from 'node:events';
import { HighWatermark } from '../../adapter/high-watermark.ts';
import { deletedTopic } from '../../adapter/topic-errors.ts';
import { ClosedError, LogCorruptedError } from '../../contract/errors.ts';
import type { NewRecord } from '../../contract/event-log.ts';
import { syncDirectory } from '../../durable/durable-file.ts';
import { AppendQueue } from './append-queue.ts';
import { encodeBlocks } from './block.ts';
import type { DurableEnd, DurableEndFile } from './durable-end.ts';
import type { LogFile, LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';
import { filesOfTopic, type ReadablePartition } from './readable-partition.ts';
import { type Recovery, recoverPartition } from './recover-partition.ts';
import { durableEndPath, segmentPath } from './segments.ts';

/** Settings of a log by which its partitions are written. */
export interface WriterSettings {
  /** `fsync`: what is acknowledged survives a loss of power. `os`: it survives the end of the process. */
  readonly durability: 'fsync' | 'os';
  /** A segment that has as many bytes is followed by a new one. */
  readonly segmentBytes: number;
  readonly now: () => number;
  readonly files: LogFiles;
}

/** Appends to one partition. There is one writer a partition. */
export class PartitionWriter {
  readonly place: PartitionPlace;
  readonly #settings: WriterSettings;
  readonly #durableEndFile: DurableEndFile;
  readonly #highWatermark: HighWatermark;
  readonly #deleted = new AbortController();
  readonly #queue = new AppendQueue<NewRecord>((records) => this.#write(records));
  #file: LogFile;
  #end: DurableEnd;
  /** Bytes of a failed write may stand behind the end. */
  #torn = false;
  #failure: LogCorruptedError | undefined;
  #closed = false;

  private constructor(
    place: PartitionPlace,
    settings: WriterSettings,
    recovered: { file: LogFile; durableEndFile: DurableEndFile; end: DurableEnd },
  ) {
    this.place = place;
    this.#settings = settings;
    this.#file = recovered.file;
    this.#durableEndFile = recovered.durableEndFile;
    this.#end = recovered.end;
    this.#highWatermark = new HighWatermark(recovered.end.end);
    // Each reader that waits listens to it.
    setMaxListeners(0, this.#deleted.signal);
  }

  /** @throws LogCorruptedError when something is missing or damaged that was durable. */
  static async open(
    place: PartitionPlace,
    settings: WriterSettings,
    onRecovered: (recovery: Recovery) => void,
  ): Promise<PartitionWriter> {
    const { recoveries, ...recovered } = await recoverPartition(place, settings.files);
    for (const recovery of recoveries) onRecovered(recovery);
    return new PartitionWriter(place, settings, recovered);
  }

  /** The partition as readers in this process see it. */
  readable(): ReadablePartition {
    const checkThere = async () => {
      if (this.#deleted.signal.aborted) throw deletedTopic(this.place.topic);
    };
    return {
      place: this.place,
      highWatermark: this.#highWatermark,
      files: filesOfTopic(this.#settings.files, checkThere),
      deleted: this.#deleted.signal,
      refresh: async () => this.#end,
      checkThere,
      follow: () => undefined,
      close: async () => undefined,
    };
  }

  /** Resolves when the records are durable and readable. Concurrent calls share a sync. */
  append(records: readonly NewRecord[]): Promise<void> {
    if (this.#closed) return Promise.reject(new ClosedError('the log is closed'));
    return this.#queue.append(records);
  }

  /** Resolves when nothing is being appended. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** Tells readers that the topic is gone, and closes. */
  async delete(): Promise<void> {
    this.#deleted.abort();
    await this.close();
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    if (this.#closed) return this.idle();
    this.#closed = true;
    await this.idle();
    await Promise.all([this.#file.close(), this.#durableEndFile.close()]);
  }

  async #write(records: readonly NewRecord[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const { durability, segmentBytes, now } = this.#settings;
    // A clock that is set back must not turn the log's time back.
    const loggedAt = Math.max(this.#end.loggedAt, now());
    const blocks = encodeBlocks(records, this.#end.end, loggedAt);
    await this.#cutTornTail();
    if (this.#end.position >= segmentBytes) await this.#startSegment();

    let { position } = this.#end;
    try {
      for (const block of blocks) {
        await this.#file.write(block, position);
        position += block.length;
      }
      if (durability === 'fsync') await this.#file.sync();
    } catch (error) {
      this.#torn = true;
      // The disk may refuse this as well; the next append tries again before it writes.
      await this.#cutTornTail().catch(() => undefined);
      throw error;
    }
    await this.#acknowledge({
      end: this.#end.end + records.length,
      segment: this.#end.segment,
      position,
      loggedAt,
    });
  }

  async #acknowledge(end: DurableEnd): Promise<void> {
    try {
      await this.#durableEndFile.write(end);
    } catch (cause) {
      // Whether the end moved is not known, so these bytes may be neither kept nor cut off.
      this.#failure = new LogCorruptedError(
        `${durableEndPath(this.place.dir)} could not be written (${(cause as Error).message}), so only opening the log again can tell how far it is durable: close it and do so`,
        { cause },
      );
      throw this.#failure;
    }
    this.#end = end;
    this.#highWatermark.advance(end.end);
  }

  async #cutTornTail(): Promise<void> {
    if (!this.#torn) return;
    await this.#file.truncate(this.#end.position);
    this.#torn = false;
  }

  async #startSegment(): Promise<void> {
    const { dir } = this.place;
    const { end } = this.#end;
    const next = await this.#settings.files.open(segmentPath(dir, end), 'create');
    try {
      await syncDirectory(dir);
    } catch (error) {
      await next.close();
      throw error;
    }
    const full = this.#file;
    this.#file = next;
    this.#end = { ...this.#end, segment: end, position: 0 };
    await full.close();
  }
}
