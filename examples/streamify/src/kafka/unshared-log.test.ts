import { defineEvent, type EventLog, memoryLog, memorySink, run } from '@streamify/core';
import { expect, it } from 'vitest';
import { unsharedLog } from './unshared-log.ts';

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'song', type: 'string' },
    ],
  },
  { time: 'at', key: 'song' },
);

/** A log whose group leaves all but the first partition to a process that is gone. */
const half = (log: EventLog): EventLog => ({
  ...log,
  async assign(_group, _topics, listener) {
    listener.assigned(0);
    return { isShared: true, ended: new Promise(() => {}), close: () => listener.revoked(0) };
  },
});

async function landed(log: EventLog): Promise<number> {
  const sink = memorySink();
  await run({
    name: 'land',
    from: log.topic('plays', Play),
    through: (plays$) => plays$,
    into: sink,
    atEnd: 'stop',
  });
  return sink.rows.length;
}

it('gives a job all partitions, whatever a group would give it', async () => {
  const memory = memoryLog();
  const log: EventLog = {
    ...half(memory),
    topic: (name, type) => ({ ...memory.topic(name, type), log }),
  };
  await log.createTopic('plays', { partitions: 4 });
  const plays = Array.from({ length: 40 }, (_, at) => ({ at, song: `song ${at}` }));
  await memory.topic('plays', Play).publish(plays);
  expect(await landed(unsharedLog(log))).toBe(40);
  // Control: with the group, the job has ended before all is done.
  expect(await landed(log)).toBeLessThan(40);
});
