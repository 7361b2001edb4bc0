import { describe, expect, it } from 'vitest';
import { avroType } from '../../codec/avro-type.ts';
import { misfitOf } from '../../codec/misfit.ts';
import { rowOf } from '../../contract/event.ts';
import { commitOf, emptyOutput } from '../../testing/contract-output.ts';
import { type ContractRow, contractSchema } from '../../testing/contract-row.ts';
import { sinkContract } from '../../testing/sink-contract.ts';
import type { CommitFault, SinkUnderTest } from '../../testing/sink-harness.ts';
import { type MemoryTable, memorySink } from './memory-sink.ts';

const contractType = avroType(contractSchema);

async function openMemorySink(): Promise<SinkUnderTest> {
  let fault: CommitFault | undefined;
  const jobs = new Set<string>();
  const tables = new Map<string, MemoryTable<ContractRow>>();
  const refusal = (element: unknown) => misfitOf(contractType, rowOf(element));
  const sink = memorySink<ContractRow>({
    refusal,
    fault(moment) {
      if (fault !== (moment === 'before commit' ? 'midway' : 'reply lost')) return;
      fault = undefined;
      throw new Error(`fault ${moment}`);
    },
  });
  return {
    sink: {
      ...sink,
      open(task, named) {
        jobs.add(task.job);
        return sink.open(task, named);
      },
    },
    async table(name) {
      const table = tables.get(name) ?? sink.table<ContractRow>({ refusal });
      tables.set(name, table);
      return table;
    },
    storedIn: async (name) => [...(tables.get(name)?.rows ?? [])],
    async stored() {
      const { rows, aside, dead } = sink;
      const counts = Object.fromEntries([...jobs].map((job) => [job, sink.counts(job)]));
      return { rows: [...rows], aside: [...aside], dead: [...dead], counts };
    },
    failNextCommit(next) {
      fault = next;
    },
    close: async () => {},
  };
}

describe('memorySink', () => {
  for (const { name, run } of sinkContract({
    open: openMemorySink,
    faults: ['midway', 'reply lost'],
  }))
    it(name, run);

  it('takes an epoch of any size', async () => {
    const cause = { topic: 'plays', partition: 0, offset: 0 };
    const aside = new Array(300_000).fill({ output: 'late', element: 1, cause });
    const sink = memorySink();
    const owner = await sink.open({ job: 'plays', partition: 0 });
    const commit = commitOf(1);
    await owner.commit(commit, { ...emptyOutput, aside });
    expect(sink.aside).toHaveLength(300_000);
  });
});
