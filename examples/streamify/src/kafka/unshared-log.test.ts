import { type EventLog, memoryLog, memorySink, startJob } from '@streamify/core';
import { Play } from '@streamify/test-kit/plays';
import { expect, it, vi } from 'vitest';
import { unsharedLog } from './unshared-log.ts';

/** A log whose group leaves all but the first partition to a process that is gone. */
const half = (log: EventLog): EventLog => ({
  ...log,
  async assign(_group, _topics, listener) {
    listener.assigned(0);
    return { isShared: true, ended: new Promise(() => {}), close: () => listener.revoked(0) };
  },
});

/** So many partitions that a job works on which waits for more. */
async function workedOn(log: EventLog, count: number): Promise<readonly number[]> {
  const job = startJob({
    name: 'land',
    from: log.topic('plays', Play),
    through: (plays$) => plays$,
    into: memorySink(),
  });
  await vi.waitFor(() => expect(job.partitions).toHaveLength(count));
  const { partitions } = job;
  job.stop();
  await job.done;
  return partitions;
}

it('gives a job all partitions, whatever a group would give it', async () => {
  const memory = memoryLog();
  const log: EventLog = {
    ...half(memory),
    topic: (name, type) => ({ ...memory.topic(name, type), log }),
  };
  await log.createTopic('plays', { partitions: 4 });
  expect(await workedOn(unsharedLog(log), 4)).toEqual([0, 1, 2, 3]);
  // Control: the group gives it one.
  expect(await workedOn(log, 1)).toEqual([0]);
});
