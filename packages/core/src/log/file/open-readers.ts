import type { PartitionReader } from '../../contract/event-log.ts';

/** The readers of a log that are still open, so that closing the log closes them. */
export class OpenReaders {
  readonly #readers = new Set<PartitionReader>();

  add(reader: PartitionReader): PartitionReader {
    const tracked: PartitionReader = {
      poll: (request) => reader.poll(request),
      bounds: () => reader.bounds(),
      offsetAt: (timestamp) => reader.offsetAt(timestamp),
      close: () => {
        this.#readers.delete(tracked);
        return reader.close();
      },
    };
    this.#readers.add(tracked);
    return tracked;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.close()));
  }
}
