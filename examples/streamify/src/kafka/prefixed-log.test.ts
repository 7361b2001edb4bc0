import { type EventLog, memoryLog, memorySink, run } from '@streamify/core';
import { Play } from '@streamify/test-kit/plays';
import { expect, it } from 'vitest';
import { prefixedLog } from './prefixed-log.ts';

async function publishTo(log: EventLog, listener: string): Promise<void> {
  await log.createTopic('plays', { partitions: 2 });
  await log.topic('plays', Play).publish([{ id: 0, listener, at: 0 }]);
}

/** What a job lands of the one event; it waits for more, as a job does whose partitions are shared. */
async function landedFrom(log: EventLog) {
  const sink = memorySink<string>();
  const landed: string[] = [];
  const stop = new AbortController();
  await run({
    name: 'land',
    from: log.topic('plays', Play),
    through: (plays$) => plays$,
    into: {
      open: async (task) => ({
        ...(await sink.open(task)),
        refusal: () => undefined,
        async commit(_, { rows, causes }) {
          for (const [i, { value }] of rows.entries())
            landed.push(`${causes[i]?.topic} ${value.listener}`);
        },
      }),
    },
    epoch: { maxWait: 1 },
    onCommit: () => stop.abort(),
    signal: stop.signal,
  });
  return landed;
}

it('keeps two runs on one log apart, each under the short names of its topics', async () => {
  const shared = memoryLog();
  const [one, other] = [prefixedLog(shared, 'one.'), prefixedLog(shared, 'other.')];
  await publishTo(one, 'ann');
  await publishTo(other, 'ben');
  expect(await landedFrom(one)).toEqual(['plays ann']);
  expect(await landedFrom(other)).toEqual(['plays ben']);
  expect(await shared.partitions('plays')).toBeUndefined();
  expect(await shared.partitions('one.plays')).toBe(2);
});

it('names groups and subjects of the run as well', async () => {
  const shared = memoryLog();
  const [groups, subjects]: [string[], string[]] = [[], []];
  const watched: EventLog = {
    ...shared,
    registry: {
      schema: (id) => shared.registry.schema(id),
      register(subject, schema) {
        subjects.push(subject);
        return shared.registry.register(subject, schema);
      },
    },
    assign(group, topics, listener) {
      groups.push(group);
      return shared.assign(group, topics, listener);
    },
  };
  const log = prefixedLog(watched, 'one.');
  await publishTo(log, 'ann');
  await landedFrom(log);
  expect(groups).toEqual(['one.land']);
  expect(subjects).toEqual(['one.plays-value']);
});
