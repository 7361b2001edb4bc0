import type { EventLog } from '@streamify/core';
import { typedTopic } from '@streamify/core/adapter';

/**
 * Shows a part of a log as a log of its own: its topics, groups and subjects have names that begin
 * with `prefix`, and nobody who uses it sees that. So the runs of several folders share a cluster,
 * and the tables of each are the same as without one.
 */
export function prefixedLog(log: EventLog, prefix: string): EventLog {
  const within = (name: string) => `${prefix}${name}`;
  const { registry } = log;
  const prefixed: EventLog = {
    registry: {
      register: (subject, schema) => registry.register(within(subject), schema),
      schema: (id) => registry.schema(id),
    },
    createTopic: (topic, options) => log.createTopic(within(topic), options),
    deleteTopic: (topic) => log.deleteTopic(within(topic)),
    partitions: (topic) => log.partitions(within(topic)),
    publish: (topic, records) => log.publish(within(topic), records),
    reader: (topic, partition) => log.reader(within(topic), partition),
    async assign(group, topics, listener) {
      const share = await log.assign(within(group), topics.map(within), listener);
      return {
        isShared: share.isShared,
        ended: share.ended,
        committed: (topic, partition, next) => share.committed?.(within(topic), partition, next),
        close: () => share.close(),
      };
    },
    topic: (name, type) => typedTopic(prefixed, name, type),
    close: () => log.close(),
  };
  return prefixed;
}
