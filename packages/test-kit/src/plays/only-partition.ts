import type { EventLog } from '@streamify/core';

/** A log of which a job gets one partition. */
export function onlyPartition(log: EventLog, partition: number): EventLog {
  return {
    ...log,
    async assign(_group, _topics, listener) {
      listener.assigned(partition);
      return { isShared: false, ended: new Promise(() => {}), close: async () => {} };
    },
  };
}
