import { setMaxListeners } from 'node:events';
import { assignAll } from '../../adapter/assign-all.ts';
import { checkPartition, deletedTopic, unknownTopic } from '../../adapter/topic-errors.ts';
import { checkTopicName } from '../../adapter/topic-name.ts';
import { typedTopic } from '../../adapter/typed-topic.ts';
import { ClosedError, OptionError } from '../../contract/errors.ts';
import type { EventLog, PartitionReader } from '../../contract/event-log.ts';
import type { FileLogSettings } from './file-log-settings.ts';
import { FilePartitionReader } from './file-partition-reader.ts';
import { FollowedPartition } from './followed-partition.ts';
import { OpenReaders } from './open-readers.ts';
import type { PartitionPlace } from './partition-place.ts';
import { describeTopic, partitionsOf, placesOf } from './topic-files.ts';

/** The log as a process sees it that does not write to it. */
export function fileLogReader(settings: FileLogSettings): EventLog {
  const { dir, registry } = settings;
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
    deleteTopic: readOnly,
    publish: readOnly,
    async partitions(topic) {
      checkOpen();
      checkTopicName(topic);
      return partitionsOf(dir, topic);
    },
    async topicId(topic) {
      checkOpen();
      checkTopicName(topic);
      return (await describeTopic(dir, topic))?.id;
    },
    async reader(topic, partition): Promise<PartitionReader> {
      checkOpen();
      checkTopicName(topic);
      const source = await follow(settings, topic, partition);
      return readers.add(new FilePartitionReader(source, closing.signal));
    },
    assign: (_group, topics, listener) => assignAll(topics, log.partitions, listener),
    topic: (name, type, options) => typedTopic(log, name, type, options),
    async close() {
      closing.abort();
      await readers.close();
    },
  };
  return log;
}

async function follow(
  { dir, files }: FileLogSettings,
  topic: string,
  partition: number,
): Promise<FollowedPartition> {
  const description = await describeTopic(dir, topic);
  if (!description) throw unknownTopic(topic);
  const { id, partitions } = description;
  checkPartition(topic, partitions, partition);
  const place = placesOf(dir, topic, partitions)[partition] as PartitionPlace;
  const checkThere = async () => {
    const current = await describeTopic(dir, topic);
    if (!current || current.id !== id) throw deletedTopic(topic);
  };
  return FollowedPartition.open({ place, files, checkThere });
}
