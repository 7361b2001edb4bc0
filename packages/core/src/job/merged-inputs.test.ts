import { Play, plays } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { defineEvent } from '../codec/define-event.ts';
import { OptionError, PartitionCountError, StateMismatchError } from '../contract/errors.ts';
import type { EventLog, Topic } from '../contract/event-log.ts';
import type { EventValue } from '../contract/event-type.ts';
import { virtualClock, waitingBy } from '../fixtures/virtual-clock.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { tumblingWindow } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { InputEvent, MergedJobOptions } from './job-options.ts';
import { run } from './run.ts';

const User = defineEvent(
  {
    type: 'record',
    name: 'User',
    fields: [
      { name: 'user', type: 'string' },
      { name: 'since', type: { type: 'long', logicalType: 'timestamp-millis' } },
    ],
  },
  { time: 'since', key: 'user' },
);
type User = EventValue<typeof User>;
type Both = { readonly plays: Topic<Play>; readonly users: Topic<User> };

const nameOf = (event: InputEvent<Both>) =>
  event.input === 'plays' ? `play ${event.value.id}` : `user ${event.value.user}`;

async function bothTopics(partitions = 1) {
  const log = memoryLog({ now: () => 0 });
  await log.createTopic('plays', { partitions });
  await log.createTopic('users', { partitions });
  return { log, plays: log.topic('plays', Play), users: log.topic('users', User) };
}

const jobOf = (
  from: Both,
  into: ReturnType<typeof memorySink<string>>,
  options: Partial<MergedJobOptions<Both, string>> = {},
): MergedJobOptions<Both, string> => ({
  name: 'job',
  from,
  through: (events$) => events$.pipe(map(nameOf)),
  into,
  atEnd: 'stop',
  ...options,
});

/** The topics, read by slices of a random size, each of which may be empty at first. */
function unevenly(from: Both, random: () => number): Both {
  const shared = new Map<EventLog, EventLog>();
  const uneven = <T>(topic: Topic<T>): Topic<T> => {
    const log = shared.get(topic.log) ?? {
      ...topic.log,
      async reader(...where: [string, number]) {
        const reader = await topic.log.reader(...where);
        const poll: typeof reader.poll = async (request) => {
          if (random() < 0.3) return { records: [], next: request.from };
          const most = 1 + Math.floor(random() * 9);
          return reader.poll({ ...request, maxRecords: Math.min(most, request.maxRecords) });
        };
        return { ...reader, poll };
      },
    };
    shared.set(topic.log, log);
    return { ...topic, log };
  };
  return { plays: uneven(from.plays), users: uneven(from.users) };
}

describe('several inputs', () => {
  it('are merged by time, then input, then offset', async () => {
    const { log, ...from } = await bothTopics();
    await from.plays.publish([
      { id: 1, listener: 'ann', at: 10 },
      { id: 2, listener: 'ann', at: 30 },
      { id: 3, listener: 'ann', at: 20 },
      { id: 4, listener: 'ann', at: 50 },
    ]);
    await from.users.publish([
      { user: 'a', since: 5 },
      { user: 'b', since: 30 },
      { user: 'c', since: 30 },
      { user: 'd', since: 25 },
      { user: 'e', since: 60 },
    ]);
    const into = memorySink<string>();
    await run(jobOf(from, into));
    expect(into.rows).toEqual([
      'user a',
      'play 1',
      'play 2',
      'play 3',
      'user b',
      'user c',
      'user d',
      'play 4',
      'user e',
    ]);
    const { checkpoint } = await into.open({ job: 'job', partition: 0 });
    expect(checkpoint?.next).toEqual({ plays: 4, users: 5 });
  });

  it('give the same order for any poll sizes, epochs and restarts', async () => {
    const { log, ...from } = await bothTopics();
    const random = seededRandom(7);
    for (const play of plays(150))
      await from.plays.publish([{ ...play, at: play.at + Math.floor(random() * 80) }]);
    await log.publish('plays', [{ key: 'x', value: Uint8Array.of(1) }]);
    for (let i = 0; i < 120; i++)
      await from.users.publish([{ user: `u${i}`, since: i * 13 + Math.floor(random() * 60) }]);
    const expected = memorySink<string>();
    await run(jobOf(from, expected));
    expect(expected.rows).toHaveLength(270);

    for (let seed = 1; seed <= 40; seed++) {
      const chance = seededRandom(seed);
      const into = memorySink<string>({
        fault() {
          if (chance() < 0.1) throw new Error('crash');
        },
      });
      const settled = async () => {
        const epoch = { maxRecords: 1 + Math.floor(chance() * 40) };
        const job = jobOf(unevenly(from, chance), into, { epoch });
        return run(job).then(
          () => true,
          () => false,
        );
      };
      while (!(await settled()));
      expect(into.rows, `seed ${seed}`).toEqual(expected.rows);
      expect(into.counts('job'), `seed ${seed}`).toEqual({ in: 271, out: 270, dead: 1 });
    }
  }, 30_000);

  it('wait for each other, so that what comes later at one still comes in its order', async () => {
    const { log, ...from } = await bothTopics();
    await from.plays.publish(plays(3));
    const into = memorySink<string>();
    const stop = new AbortController();
    let polls = 0;
    const late: EventLog = {
      ...log,
      async reader(...where) {
        const reader = await log.reader(...where);
        const poll: typeof reader.poll = async (request) => {
          if (where[0] === 'users' && ++polls === 3)
            await from.users.publish([{ user: 'a', since: 5 }]);
          return reader.poll({ ...request, maxWait: 0 });
        };
        return { ...reader, poll };
      },
    };
    const behind = { plays: { ...from.plays, log: late }, users: { ...from.users, log: late } };
    await run(
      jobOf(behind, into, {
        atEnd: 'wait',
        signal: stop.signal,
        onCommit: () => into.rows.length >= 2 && stop.abort(),
      }),
    );
    expect(into.rows).toEqual(['play 0', 'user a']);
  });

  it('go on without one that is quiet for longer than idleAfter', async () => {
    const clock = virtualClock();
    const { log: _, ...topics } = await bothTopics();
    await topics.plays.publish(plays(3));
    const shared = waitingBy(clock, topics.plays);
    const from = { plays: shared, users: { ...topics.users, log: shared.log } };
    const into = memorySink<string>();
    const stop = new AbortController();
    const onCommit = () => stop.abort();
    await run(
      jobOf(from, into, { atEnd: 'wait', idleAfter: 5_000, clock, signal: stop.signal, onCommit }),
    );
    expect(into.rows).toEqual(['play 0', 'play 1', 'play 2']);
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
  });

  it('are refused with other partition counts, from two logs, or under the name of another job', async () => {
    const { log, ...from } = await bothTopics();
    const into = memorySink<string>();
    await log.createTopic('more', { partitions: 2 });
    const uneven = { ...from, users: log.topic('more', User) };
    await expect(run(jobOf(uneven, into))).rejects.toThrow(PartitionCountError);
    const elsewhere = { ...from, users: (await bothTopics()).users };
    await expect(run(jobOf(elsewhere, into))).rejects.toThrow(OptionError);
    await expect(run(jobOf(elsewhere, into))).rejects.toThrow(
      'inputs of one job come from one log: users is in another than plays',
    );
    await from.plays.publish(plays(1));
    await run(jobOf(from, into));
    const fewer = { name: 'job', from: { plays: from.plays }, into, atEnd: 'stop' } as const;
    const alone = run({ ...fewer, through: (events$) => events$.pipe(map(() => 'one')) });
    await expect(alone).rejects.toThrow(StateMismatchError);
    await expect(alone).rejects.toThrow('was saved reading plays, users, and now reads plays');
  });

  it('share one watermark, which follows the merged events', async () => {
    const { log, ...from } = await bothTopics();
    await from.plays.publish([10, 20, 110].map((at) => ({ id: at, listener: 'ann', at })));
    await from.users.publish([{ user: 'a', since: 15 }]);
    const into = memorySink<string>();
    const through: MergedJobOptions<Both, string>['through'] = (events$) =>
      events$.pipe(
        tumblingWindow<Play | User, number>(
          { zero: 0, add: (n) => n + 1 },
          { size: 100, by: () => 'all' },
        ),
        map(({ start, result }) => `${start}: ${result}`),
      );
    await run(jobOf(from, into, { through }));
    expect(into.rows).toEqual(['0: 3']);
  });
});
