import type { HighWatermark } from '../../adapter/high-watermark.ts';
import type { DurableEnd } from './durable-end.ts';
import type { LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';

/** A partition as its readers see it, whichever process writes to it. */
export interface ReadablePartition {
  readonly place: PartitionPlace;
  readonly highWatermark: HighWatermark;
  /** Opens its files; fails as {@link checkThere} does. */
  readonly files: LogFiles;
  /** Fires when its topic is deleted, where that can be told. */
  readonly deleted?: AbortSignal;
  /** The end of its durable records. */
  refresh(): Promise<DurableEnd>;
  /** @throws UnknownTopicError when its topic was deleted. */
  checkThere(): Promise<void>;
  /** Called when a reader is about to wait, so that `highWatermark` advances, and wakes it when the topic is deleted. */
  follow(): void;
  close(): Promise<void>;
}

/**
 * Opens files for as long as their topic is there. A path may lead to the file of a topic that was
 * made since under the same name, so the check comes behind the opening: a topic that is gone does
 * not come back.
 */
export function filesOfTopic(files: LogFiles, checkThere: () => Promise<void>): LogFiles {
  return {
    async open(path, mode) {
      const [opened] = await Promise.allSettled([files.open(path, mode)]);
      try {
        await checkThere();
      } catch (error) {
        if (opened.status === 'fulfilled') await opened.value.close();
        throw error;
      }
      if (opened.status === 'rejected') throw opened.reason;
      return opened.value;
    },
  };
}
