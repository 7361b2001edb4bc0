import type { EventLog } from '@streamify/core';
import { type Assignment, typedTopic, unknownTopic } from '@streamify/core/adapter';

/**
 * Shows a log as one of which this process reads everything: a job has all partitions at once, and
 * ends when all are done. For what one process has to do whole, such as filling a DuckDB file. A
 * group could hold a place for a process that was killed, and leave partitions to it.
 */
export function unsharedLog(log: EventLog): EventLog {
  const unshared: EventLog = {
    ...log,
    async assign(_group, topics, listener): Promise<Assignment> {
      const [topic = ''] = topics;
      const count = await log.partitions(topic);
      if (count === undefined) throw unknownTopic(topic);
      const partitions = Array.from({ length: count }, (_, partition) => partition);
      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      for (const partition of partitions) listener.assigned(partition);
      return {
        isShared: false,
        ended,
        async close() {
          await Promise.all(partitions.map((partition) => listener.revoked(partition)));
          end();
        },
      };
    },
    topic: (name, type) => typedTopic(unshared, name, type),
  };
  return unshared;
}
