import { type Play, plays, playsLog } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import type { EpochCommit } from '../contract/epoch.ts';
import { FencedError, OptionError, StateMismatchError } from '../contract/errors.ts';
import type { TaskId } from '../contract/sink.ts';
import type { StateStore } from '../contract/state-store.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { fileStateStore } from '../store/file-state-store.ts';
import { emptyOutput } from '../testing/contract-output.ts';
import type { JobOptions } from './job-options.ts';
import { openSinkTask } from './open-sink-task.ts';
import { run } from './run.ts';

const task: TaskId = { job: 'job', partition: 0 };
const nothing = emptyOutput;
const commitOf = (epoch: number, state: EpochCommit['state']): EpochCommit => ({
  epoch,
  next: { plays: epoch },
  topicIds: {},
  watermark: 0,
  pipeline: '',
  state,
});
const part = (length: number, first = 1) => Uint8Array.from({ length }, (_, i) => i + first);
const append = (bytes: Uint8Array, keep?: number) =>
  ({ kind: 'append', bytes, ...(keep !== undefined && { keep }) }) as const;

/** A store in memory, which can be looked into. */
function memoryStore(minBytes = 10): StateStore & { readonly parts: Map<string, Uint8Array> } {
  const parts = new Map<string, Uint8Array>();
  return {
    parts,
    minBytes,
    async write(_task, name, bytes) {
      expect(parts.has(name)).toBe(false);
      parts.set(name, bytes);
    },
    read: async (_task, name) => parts.get(name),
    list: async () => [...parts.keys()],
    async remove(_task, name) {
      parts.delete(name);
    },
  };
}
const epochsIn = ({ parts }: ReturnType<typeof memoryStore>) =>
  [...parts.keys()].map((name) => Number(name.split('-')[0]));

describe('a task with a state store', () => {
  it('keeps small parts in the checkpoint and large ones in the store, and gives both back', async () => {
    const [sink, store] = [memorySink(), memoryStore()];
    const owner = await openSinkTask({ sink: sink, named: new Map() }, task, store);
    await owner.commit(commitOf(1, append(part(9))), nothing);
    await owner.commit(commitOf(2, append(part(10))), nothing);
    await owner.commit(commitOf(3, undefined), nothing);
    expect(epochsIn(store)).toEqual([2]);
    expect((await sink.open(task)).checkpoint?.state.map(([first]) => first)).toEqual([1, 0]);
    const { checkpoint } = await openSinkTask({ sink: sink, named: new Map() }, task, store);
    expect(checkpoint?.state).toEqual([part(9), part(10)]);
  });

  it('removes what no commit refers to any more, and nothing before that commit', async () => {
    let failing = false;
    const sink = memorySink({
      fault(moment) {
        if (failing && moment === 'before commit') throw new Error('no connection');
      },
    });
    const store = memoryStore();
    const owner = await openSinkTask({ sink: sink, named: new Map() }, task, store);
    for (const epoch of [1, 2, 3]) await owner.commit(commitOf(epoch, append(part(20))), nothing);
    await owner.commit(commitOf(4, append(part(20), 2)), nothing);
    expect(epochsIn(store)).toEqual([3, 4]);
    failing = true;
    const replace = { kind: 'replace', bytes: part(20, 7) } as const;
    await expect(owner.commit(commitOf(5, replace), nothing)).rejects.toThrow('no connection');
    expect(epochsIn(store)).toEqual([3, 4, 5]);
    failing = false;
    const next = await openSinkTask({ sink: sink, named: new Map() }, task, store);
    expect(epochsIn(store)).toEqual([3, 4]);
    await next.commit(commitOf(5, replace), nothing);
    expect(epochsIn(store)).toEqual([5]);
    expect(
      (await openSinkTask({ sink: sink, named: new Map() }, task, store)).checkpoint?.state,
    ).toEqual([part(20, 7)]);
  });

  it('lets an owner who was replaced remove nothing of the next', async () => {
    const [sink, store] = [memorySink(), memoryStore()];
    const old = await openSinkTask({ sink: sink, named: new Map() }, task, store);
    await old.commit(commitOf(1, append(part(20))), nothing);
    const young = await openSinkTask({ sink: sink, named: new Map() }, task, store);
    await young.commit(commitOf(2, append(part(20))), nothing);
    const late = old.commit(commitOf(2, append(part(20), 1)), nothing);
    await expect(late).rejects.toThrow(FencedError);
    expect(
      (await openSinkTask({ sink: sink, named: new Map() }, task, store)).checkpoint?.state,
    ).toHaveLength(2);
    expect(epochsIn(store)).toEqual([1, 2]);
  });

  it('leaves alone what another owner writes while it opens', async () => {
    const [sink, store] = [memorySink(), memoryStore()];
    let young: Awaited<ReturnType<typeof openSinkTask>> | undefined;
    const overtaken: typeof sink = {
      ...sink,
      async open(id) {
        const opened = await sink.open(id);
        young = await openSinkTask({ sink: sink, named: new Map() }, task, store);
        await young.commit(commitOf(1, append(part(20))), nothing);
        return opened;
      },
    };
    await openSinkTask({ sink: overtaken, named: new Map() }, task, store);
    expect(
      (await openSinkTask({ sink: sink, named: new Map() }, task, store)).checkpoint?.state,
    ).toEqual([part(20)]);
  });

  it('is refused with a store that lacks its state', async () => {
    const sink = memorySink();
    const owner = await openSinkTask({ sink: sink, named: new Map() }, task, memoryStore());
    await owner.commit(commitOf(1, append(part(20))), nothing);
    const other = openSinkTask({ sink: sink, named: new Map() }, task, memoryStore());
    await expect(other).rejects.toThrow(StateMismatchError);
    await expect(other).rejects.toThrow(/the state 1-.* of task job\/0 is not in the store/);
  });

  it.each([
    ['before commit', 2],
    ['after commit', 3],
  ] as const)('goes on after a crash %s %i as if nothing had been', async (at, number) => {
    const { topic } = await playsLog([...plays(60), ...plays(60)]);
    let commits = 0;
    const into = memorySink<Play>({
      fault(moment) {
        if (moment === at && ++commits === number) throw new Error('crash');
      },
    });
    const stateStore = memoryStore(1);
    const job: JobOptions<Play, unknown> = {
      name: 'job',
      from: topic,
      through: (plays$) =>
        plays$.pipe(deduplicate({ by: ({ value }) => String(value.id), within: 1_000_000 })),
      into: into as never,
      atEnd: 'stop',
      epoch: { maxRecords: 10 },
      stateStore,
    };
    await expect(run(job)).rejects.toThrow('crash');
    await run(job);
    expect(into.rows).toEqual(plays(60));
    const { checkpoint } = await into.open(task);
    expect(checkpoint?.state.length).toBeGreaterThan(5);
    expect(checkpoint?.state.every(([first]) => first === 0)).toBe(true);
    expect(stateStore.parts.size).toBe(checkpoint?.state.length);
    const { stateStore: _, ...without } = job;
    await expect(run(without)).rejects.toThrow('saved state is in a state store');
    expect(into.counts('job')).toEqual({ in: 120, out: 60, duplicates: 60 });
  });
});

describe('fileStateStore', () => {
  it('refuses options that cannot work', () => {
    expect(() => fileStateStore({ dir: '' })).toThrow(OptionError);
    expect(() => fileStateStore({ dir: 'state', minBytes: -1 })).toThrow(
      'minBytes must not be negative, got -1',
    );
  });
});
