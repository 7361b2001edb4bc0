import { setImmediate as turn } from 'node:timers/promises';
import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { typedTopic } from '../adapter/typed-topic.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { AssignmentListener, EventLog } from '../contract/event-log.ts';
import type { Sink } from '../contract/sink.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { JobOptions } from './job-options.ts';
import { run, startJob } from './run.ts';

const ids = map(({ value }: StreamEvent<Play>) => value.id);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A log whose partitions are shared out by hand. */
function sharedLog(log: EventLog, first: readonly number[]) {
  const listeners: AssignmentListener[] = [];
  const committed: string[] = [];
  const shared: EventLog = {
    ...log,
    async assign(_group, _topics, listener) {
      listeners.push(listener);
      for (const partition of first) listener.assigned(partition);
      return {
        isShared: true,
        ended: new Promise(() => {}),
        committed: (topic, partition, next) => committed.push(`${topic}/${partition} ${next}`),
        close: async () => {},
      };
    },
    topic: (name, type) => typedTopic(shared, name, type),
  };
  const listener = () => vi.waitFor(() => listeners[0] ?? Promise.reject(new Error('not joined')));
  return { topic: shared.topic('plays', Play), listener, committed };
}

async function setUp(partitions = 2) {
  const { log } = await playsLog(plays(40), partitions);
  const sink = memorySink<number>();
  const start = (first: readonly number[], options: Partial<JobOptions<Play, number>> = {}) => {
    const { topic, listener, committed } = sharedLog(log, first);
    const job = startJob({
      name: 'ids',
      from: topic,
      through: (p$) => p$.pipe(ids),
      into: sink,
      epoch: { maxWait: 5 },
      ...options,
    });
    return { job, listener, committed };
  };
  const landed = (count: number) => vi.waitFor(() => expect(sink.rows).toHaveLength(count));
  const publish = (from: number) => log.topic('plays', Play).publish(plays(40, from));
  const ascending = () => [...sink.rows].sort((a, b) => a - b);
  return { sink, start, landed, publish, ascending };
}

describe('two runs at once of a job that does all partitions', () => {
  it.each(numbers(60))(
    'end with each event landed once, by one of them at least: %i',
    async (seed) => {
      const random = seededRandom(seed);
      const pause = async () => {
        for (let turns = Math.floor(random() * 6); turns > 0; turns--) await turn();
      };
      const { topic } = await playsLog(plays(60), 3);
      const sink = memorySink<number>();
      const into: Sink<number> = {
        ...sink,
        async open(...args) {
          await pause();
          const task = await sink.open(...args);
          const commit: typeof task.commit = async (...epoch) => {
            await pause();
            await task.commit(...epoch);
          };
          return { ...task, commit };
        },
      };
      // Waits are longer than anything else takes.
      const sleep = async () => {
        for (let turns = 0; turns < 200; turns++) await turn();
      };
      const runOnce = async () => {
        await pause();
        return run({
          name: 'ids',
          from: topic,
          through: (p$) => p$.pipe(ids),
          into,
          atEnd: 'stop',
          epoch: { maxRecords: 4 },
          clock: { now: Date.now, sleep },
        });
      };
      const runs = await Promise.allSettled([runOnce(), runOnce()]);
      const failed = runs.filter((each) => each.status === 'rejected');
      expect(failed.length).toBeLessThan(2);
      for (const { reason } of failed)
        expect(String(reason)).toMatch(/another process has taken job ids over/);
      expect([...sink.rows].sort((a, b) => a - b)).toEqual(numbers(60));
    },
  );
});

describe('a job whose partitions are shared', () => {
  it('takes up what it is assigned, and gives up what goes to another, each event once', async () => {
    const { start, landed, publish, ascending } = await setUp();
    const [a, b] = [start([0, 1]), start([])];
    await landed(40);
    expect(a.job.partitions).toEqual([0, 1]);
    expect(b.job.partitions).toEqual([]);
    await (await a.listener()).revoked(1);
    (await b.listener()).assigned(1);
    await publish(40);
    await landed(80);
    expect([a.job.partitions, b.job.partitions]).toEqual([[0], [1]]);
    a.job.stop();
    b.job.stop();
    await Promise.all([a.job.done, b.job.done]);
    expect(ascending()).toEqual(numbers(80));
  });

  it('goes on without a partition that was taken over, and takes it again when the group agrees anew', async () => {
    const { start, landed, publish, ascending } = await setUp(1);
    const fenced: number[] = [];
    const a = start([0], { onFenced: (partition) => fenced.push(partition) });
    await landed(40);
    const b = start([0]);
    await vi.waitFor(() => expect(b.job.partitions).toEqual([0]));
    await publish(40);
    await landed(80);
    await vi.waitFor(() => expect(fenced).toEqual([0]));
    expect(a.job.partitions).toEqual([]);
    b.job.stop();
    await b.job.done;
    const listener = await a.listener();
    listener.assigned(0);
    listener.assigned(0);
    await publish(80);
    await landed(120);
    a.job.stop();
    await a.job.done;
    expect(ascending()).toEqual(numbers(120));
  });

  it('takes a partition again that another has taken over, where that is still its own after a while', async () => {
    const { start, landed, publish, ascending } = await setUp(1);
    const waits: number[] = [];
    let goOn = () => {};
    const clock = {
      now: Date.now,
      sleep: (ms: number) =>
        new Promise<void>((resolve) => {
          waits.push(ms);
          goOn = resolve;
        }),
    };
    const a = start([0], { clock });
    await landed(40);
    // Somebody who comes late, and is gone again.
    const late = start([0]);
    await vi.waitFor(() => expect(late.job.partitions).toEqual([0]));
    late.job.stop();
    await late.job.done;
    await publish(40);
    await vi.waitFor(() => expect(waits).toEqual([5_000]));
    expect(a.job.partitions).toEqual([]);
    goOn();
    await landed(80);
    a.job.stop();
    await a.job.done;
    expect(ascending()).toEqual(numbers(80));
  });

  it('leaves it where it went elsewhere meanwhile', async () => {
    const { start, landed, publish } = await setUp(1);
    let woken = 0;
    const sleep = async (_ms: number, signal: AbortSignal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      woken++;
    };
    const a = start([0], { clock: { now: Date.now, sleep } });
    await landed(40);
    const b = start([0]);
    await vi.waitFor(() => expect(b.job.partitions).toEqual([0]));
    await publish(40);
    await landed(80);
    await vi.waitFor(() => expect(a.job.partitions).toEqual([]));
    await (await a.listener()).revoked(0);
    await vi.waitFor(() => expect(woken).toBe(1));
    expect(a.job.partitions).toEqual([]);
    a.job.stop();
    b.job.stop();
    await Promise.all([a.job.done, b.job.done]);
  });

  it('does not wait for a group that it is no longer to join', async () => {
    const { sink } = await setUp(1);
    const { log } = await playsLog(plays(1));
    const never: EventLog = { ...log, assign: () => new Promise(() => {}) };
    const from = typedTopic(never, 'plays', Play);
    const job = startJob({ name: 'ids', from, through: (p$) => p$.pipe(ids), into: sink });
    job.stop();
    expect(await job.done).toEqual({ counts: {}, epochs: 0 });
  });

  it('tells the group how far it is', async () => {
    const { start, landed } = await setUp(1);
    const { job, committed } = start([0]);
    await landed(40);
    job.stop();
    await job.done;
    expect(committed.at(-1)).toBe('plays/0 40');
  });

  it('ends with its share where it ends at the end of the log, and is told to share', async () => {
    const { start, ascending } = await setUp();
    const options = { atEnd: 'stop', partitions: 'shared' } as const;
    const [a, b] = [start([0], options), start([1], options)];
    const [one, other] = await Promise.all([a.job.done, b.job.done]);
    expect((one.counts['in'] ?? 0) + (other.counts['in'] ?? 0)).toBe(40);
    expect(ascending()).toEqual(numbers(40));
  });

  it('gets what others leave, which is done, and ends with that', async () => {
    const { start, ascending } = await setUp();
    const options = { atEnd: 'complete', partitions: 'shared' } as const;
    const [a, b] = [start([0, 1], options), start([], options)];
    await a.job.done;
    expect(b.job.partitions).toEqual([]);
    for (const partition of [0, 1]) (await b.listener()).assigned(partition);
    expect(await b.job.done).toEqual({ counts: {}, epochs: expect.any(Number) });
    expect(ascending()).toEqual(numbers(40));
  });

  it('does what another has left undone', async () => {
    const { start, ascending } = await setUp();
    const options = { atEnd: 'stop', partitions: 'shared' } as const;
    const abort = new AbortController();
    const onCommit = () => abort.abort(new Error('killed'));
    const few = { epoch: { maxRecords: 2 }, abort: abort.signal, onCommit };
    await expect(start([0, 1], { ...options, ...few }).job.done).rejects.toThrow('killed');
    const b = start([], options);
    const listener = await b.listener();
    for (const partition of [0, 1]) listener.assigned(partition);
    await b.job.done;
    expect(ascending()).toEqual(numbers(40));
  });

  it('does everything itself where it ends at the end of the log', async () => {
    const { start, ascending } = await setUp();
    const { done } = start([], { atEnd: 'stop' }).job;
    expect((await done).counts['in']).toBe(40);
    expect(ascending()).toEqual(numbers(40));
  });

  it('does not fail with what it was giving up', async () => {
    const { sink, start, landed, publish } = await setUp(2);
    let isDown = false;
    const into = {
      ...sink,
      open: async (task: Parameters<typeof sink.open>[0]) => {
        const opened = await sink.open(task);
        const commit: typeof opened.commit = async (epoch, output) => {
          if (isDown) throw new Error('the sink is down');
          await opened.commit(epoch, output);
        };
        return { ...opened, commit };
      },
    };
    const onError = { retry: { attempts: Number.POSITIVE_INFINITY, firstDelay: 1 } };
    const { job, listener } = start([0, 1], { into, onError });
    await landed(40);
    isDown = true;
    await publish(40);
    await (await listener()).revoked(0);
    isDown = false;
    await vi.waitFor(() => expect(sink.rows.length).toBeGreaterThan(40));
    job.stop();
    await job.done;
    expect(job.partitions).toEqual([]);
  });
});
