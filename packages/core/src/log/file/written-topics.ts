import { checkSameCount, unknownTopic } from '../../adapter/topic-errors.ts';
import type { FileLogSettings } from './file-log-settings.ts';
import { PartitionWriter } from './partition-writer.ts';
import {
  createTopicFiles,
  type DescribedTopic,
  finishDeletion,
  hideTopic,
  openTopics,
  partitionsOf,
  placesOf,
} from './topic-files.ts';

/** The topics of a log that this process writes to, with a writer for each partition. */
export class WrittenTopics {
  readonly #settings: FileLogSettings;
  readonly #writers = new Map<string, readonly PartitionWriter[]>();
  readonly #ids = new Map<string, string | undefined>();
  /** Topics are made and deleted one at a time: two calls may be for the same one. */
  #changing: Promise<unknown> = Promise.resolve();

  private constructor(settings: FileLogSettings) {
    this.#settings = settings;
  }

  /**
   * Opens every topic that the log has.
   *
   * @throws LogCorruptedError when something is missing or damaged that was durable.
   */
  static async open(settings: FileLogSettings): Promise<WrittenTopics> {
    const topics = new WrittenTopics(settings);
    try {
      for (const [topic, described] of await openTopics(settings.dir))
        await topics.#open(topic, described);
    } catch (error) {
      await topics.close();
      throw error;
    }
    return topics;
  }

  /** Number of partitions, `undefined` when there is no such topic. */
  partitions(topic: string): number | undefined {
    return this.#writers.get(topic)?.length;
  }

  /** The id of a topic, `undefined` when there is no such topic, or one of before topics had ids. */
  idOf(topic: string): string | undefined {
    return this.#writers.has(topic) ? this.#ids.get(topic) : undefined;
  }

  /** @throws UnknownTopicError when there is no such topic. */
  writersOf(topic: string): readonly PartitionWriter[] {
    const writers = this.#writers.get(topic);
    if (!writers) throw unknownTopic(topic);
    return writers;
  }

  /** @throws PartitionCountError when the topic exists with another count. */
  create(topic: string, partitions: number): Promise<void> {
    return this.#change(() => this.#create(topic, partitions));
  }

  /** Deletes a topic, once what is being appended to it is. */
  delete(topic: string): Promise<void> {
    return this.#change(() => this.#delete(topic));
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await this.#changing;
    await Promise.all([...this.#writers.values()].flat().map((writer) => writer.close()));
  }

  async #change(work: () => Promise<void>): Promise<void> {
    const changed = this.#changing.then(work);
    this.#changing = changed.catch(() => undefined);
    await changed;
  }

  async #open(topic: string, { id, partitions }: DescribedTopic): Promise<void> {
    const { dir, onRecovered } = this.#settings;
    const writers: PartitionWriter[] = [];
    try {
      for (const place of placesOf(dir, topic, partitions))
        writers.push(await PartitionWriter.open(place, this.#settings, onRecovered));
    } catch (error) {
      await Promise.all(writers.map((writer) => writer.close()));
      throw error;
    }
    this.#ids.set(topic, id);
    this.#writers.set(topic, writers);
  }

  async #create(topic: string, partitions: number): Promise<void> {
    const { dir, files } = this.#settings;
    const existing = this.partitions(topic);
    if (existing !== undefined) return checkSameCount(topic, existing, partitions);
    // It is not among ours, but its folder may be another's in another case.
    await partitionsOf(dir, topic);
    await this.#open(topic, await createTopicFiles(dir, topic, partitions, files));
  }

  async #delete(topic: string): Promise<void> {
    const { dir } = this.#settings;
    const writers = this.#writers.get(topic);
    if (writers) {
      this.#writers.delete(topic);
      try {
        await Promise.all(writers.map((writer) => writer.idle()));
        await hideTopic(dir, topic);
      } catch (error) {
        // It is there as it was.
        this.#writers.set(topic, writers);
        throw error;
      }
      await Promise.all(writers.map((writer) => writer.delete()));
    }
    // Also where there is none: it may be that a call before came no further than that.
    await finishDeletion(dir, topic);
  }
}
