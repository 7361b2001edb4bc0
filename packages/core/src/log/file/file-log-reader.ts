import { setMaxListeners } from 'node:events';
import { assignAll } from '../../adapter/assign-all.ts';
import { checkPartition, unknownTopic } from '../../adapter/topic-errors.ts';
import { checkTopicName } from '../../adapter/topic-name.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { ClosedError, OptionError } from '../../contract/errors.ts';
import type { EventLog, PartitionReader } from '../../contract/event-log.ts';
import type { FileLogSettings } from './file-log-settings.ts';
import { filePartitionReader } from './file-partition-reader.ts';
import { FollowedPartition } from './followed-partition.ts';
import { OpenReaders } from './open-readers.ts';
import { partitionsOf, placesOf } from './topic-files.ts';

/** The log as a process sees it that does not write to it. */
export function fileLogReader({ dir, registry, files }: FileLogSettings): EventLog {
  const closing = new AbortController();
  // Each reader that waits listens to it.
  setMaxListeners(0, closing.signal);
  const readers = new OpenReaders();
  const checkOpen = () => {
    if (closing.signal.aborted) throw new ClosedError('the log is closed');
  };
  const readOnly = async () => {
    throw new OptionError(
      `the log in ${dir} is open for reading; to write to it, open it with mode 'write'`,
    );
  };

  const log: EventLog = {
    registry,
    createTopic: readOnly,
    publish: readOnly,
    async partitions(topic) {
      checkOpen();
      checkTopicName(topic);
      return partitionsOf(dir, topic);
    },
    async reader(topic, partition): Promise<PartitionReader> {
      const count = await log.partitions(topic);
      if (count === undefined) throw unknownTopic(topic);
      checkPartition(topic, count, partition);
      const place = placesOf(dir, topic, count)[partition];
      if (!place) throw unknownTopic(topic);
      const source = await FollowedPartition.open(place, files);
      return readers.add(filePartitionReader(source, files, closing.signal));
    },
    assign: (_group, topics, listener) => assignAll(topics, log.partitions, listener),
    topic: (name, type) => typedTopic(log, name, type),
    async close() {
      closing.abort();
      await readers.close();
    },
  };
  return log;
}
