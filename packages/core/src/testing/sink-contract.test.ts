import { describe, expect, it } from 'vitest';
import { avroType } from '../codec/avro-type.ts';
import { misfitOf } from '../codec/misfit.ts';
import type { EpochOutput } from '../contract/epoch.ts';
import { rowOf, type StreamEvent } from '../contract/event.ts';
import type { SinkTask } from '../contract/sink.ts';
import { type ContractRow, contractSchema } from './contract-row.ts';
import {
  type CommitStep,
  ConnectionLost,
  type Flaw,
  type FlawedTable,
  flawedSink,
} from './flawed-sink.ts';
import { sinkContract } from './sink-contract.ts';
import type { CommitFault, SinkHarness } from './sink-harness.ts';

const type = avroType(contractSchema);

const inTwoTransactions: readonly Flaw[] = [
  'two transactions',
  'named outputs in a transaction of their own',
];

/** A sink with these flaws, for the contract. */
const harnessOf = (flaws: readonly Flaw[]): SinkHarness => ({
  faults: ['midway', 'reply lost'],
  async open() {
    let fault: CommitFault | undefined;
    const failingSteps: Record<CommitFault, readonly CommitStep[]> = {
      midway: flaws.some((flaw) => inTwoTransactions.includes(flaw))
        ? ['between transactions']
        : ['request'],
      'reply lost': ['reply'],
    };
    const refusal = (element: unknown) => misfitOf(type, rowOf(element));
    const sink = flawedSink<ContractRow>(flaws, {
      step(step) {
        if (!fault || !failingSteps[fault].includes(step)) return;
        fault = undefined;
        throw step === 'reply' ? new ConnectionLost() : new Error(`fault at ${step}`);
      },
      refusal,
    });
    const tables = new Map<string, FlawedTable<ContractRow>>();
    return {
      sink,
      async table(name) {
        const table = tables.get(name) ?? sink.table<ContractRow>(refusal);
        tables.set(name, table);
        return table;
      },
      async stored() {
        const { rows, aside, dead, counts } = sink;
        return structuredClone({ rows, aside, dead, counts });
      },
      storedIn: async (name) => [...(tables.get(name)?.rows ?? [])],
      failNextCommit(next) {
        fault = next;
      },
      close: async () => {},
    };
  },
});

/** The cases that a sink fails. */
async function failures(harness: SinkHarness): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, run } of sinkContract(harness)) await run().catch(() => failed.push(name));
  return failed;
}

type Task = SinkTask<ContractRow | StreamEvent<ContractRow>>;

/** A sink whose tasks have one thing broken. */
function withTasks(change: (task: Task) => Partial<Task>): SinkHarness {
  const sound = harnessOf([]);
  return {
    ...sound,
    async open() {
      const under = await sound.open();
      const { sink } = under;
      const { open } = sink;
      const broken: typeof open = async (task, named) => {
        const opened = await open(task, named);
        return { ...opened, ...change(opened) };
      };
      return { ...under, sink: Object.assign(sink, { open: broken }) };
    },
  };
}

/** A sink that stores another output than it is given. */
const storing = (change: (output: EpochOutput<ContractRow>) => Partial<EpochOutput<ContractRow>>) =>
  withTasks(({ commit }) => ({
    commit: (made, output) => {
      const given = output as EpochOutput<ContractRow>;
      return commit(made, { ...given, ...change(given) });
    },
  }));

describe('sinkContract', () => {
  it('passes a sink without flaws', async () => {
    expect(await failures(harnessOf([]))).toEqual([]);
  });

  const flaws: [Flaw[], string[]][] = [
    [
      ['no compare-and-set'],
      ['refuses an epoch that is not the next one, and stores nothing of it'],
    ],
    [
      ['no owner token'],
      [
        'refuses an owner whom another has replaced, and stores nothing of it',
        'lets a commit and the next owner take turns',
      ],
    ],
    [['two transactions'], ['leaves nothing of a commit that fails midway']],
    [
      ['named outputs in a transaction of their own'],
      ['leaves nothing of a commit that fails midway'],
    ],
    [
      ['named outputs lost'],
      [
        'stores the rows of named outputs where each goes, with those of the main stream',
        'leaves nothing of a commit that fails midway',
      ],
    ],
    [
      ['dead letters never closed'],
      [
        'gives the dead letters of a job, and closes those that were re-driven',
        'stores what an epoch has beside rows, whatever else it has',
      ],
    ],
    [
      ['side outputs without rows lost'],
      ['stores what an epoch has beside rows, whatever else it has'],
    ],
    [
      ['redriven letters beside rows lost'],
      ['stores what an epoch has beside rows, whatever else it has'],
    ],
    [['tables without a store'], ['has one store for all of its tables or topics']],
    [
      ['tables without names'],
      ['names the table or topic of its rows, so that a job is noticed that goes on into another'],
    ],
    [['pipeline lost'], ['gives the checkpoint of the last commit to whoever opens the task next']],
    [
      ['state lost'],
      [
        'gives the checkpoint of the last commit to whoever opens the task next',
        'appends state, keeps it where an epoch changes none, and forgets what is no longer needed',
        'keeps tasks of other partitions and jobs apart',
        'stores once what it commits without hearing of it',
      ],
    ],
    [
      ['topic ids lost'],
      [
        'gives the checkpoint of the last commit to whoever opens the task next',
        'appends state, keeps it where an epoch changes none, and forgets what is no longer needed',
        'keeps tasks of other partitions and jobs apart',
        'refuses an owner whom another has replaced, and stores nothing of it',
        'leaves nothing of a commit that fails midway',
        'stores once what it commits without hearing of it',
      ],
    ],
    [
      ['state never replaced'],
      ['appends state, keeps it where an epoch changes none, and forgets what is no longer needed'],
    ],
    [
      ['state never forgotten'],
      ['appends state, keeps it where an epoch changes none, and forgets what is no longer needed'],
    ],
    [
      ['counts overwritten'],
      [
        'keeps tasks of other partitions and jobs apart',
        'commits several tasks at the same time',
        'adds counts up over epochs and partitions',
        'stores what an epoch has beside rows, whatever else it has',
        'refuses an owner whom another has replaced, and stores nothing of it',
        'leaves nothing of a commit that fails midway',
      ],
    ],
    [
      ['tasks share a checkpoint'],
      [
        'keeps tasks of other partitions and jobs apart',
        'commits several tasks at the same time',
        'adds counts up over epochs and partitions',
        'lets a commit and the next owner take turns',
      ],
    ],
    [
      ['blind retry', 'no compare-and-set'],
      [
        'refuses an epoch that is not the next one, and stores nothing of it',
        'stores once what it commits without hearing of it',
      ],
    ],
    [
      ['everything refused'],
      [
        'says of an element of a named output why it cannot store it',
        'says of an element why it cannot store it',
      ],
    ],
  ];
  it.each(flaws)('fails a sink with %j in the cases about it', async (flawed, cases) => {
    expect(await failures(harnessOf(flawed))).toEqual(cases);
  });

  const breaks: [string, SinkHarness, string[]][] = [
    [
      'gives every task a checkpoint',
      withTasks(({ checkpoint }) => ({
        checkpoint: checkpoint ?? { epoch: 0, next: {}, topicIds: {}, pipeline: '', state: [] },
      })),
      ['has no checkpoint for a task that never committed'],
    ],
    [
      'passes over epochs without rows',
      withTasks(({ commit }) => ({
        commit: async (made, output) => {
          if (output.rows.length > 0) await commit(made, output);
        },
      })),
      ['commits an epoch that has no rows'],
    ],
    [
      'loses side outputs',
      storing(() => ({ aside: [] })),
      ['stores rows, side outputs, dead letters and counts together'],
    ],
    [
      'loses rows beyond a thousand',
      storing(({ rows }) => ({ rows: rows.slice(0, 1_000) })),
      ['stores more rows than fit a statement'],
    ],
    [
      'takes an empty text for none',
      storing(({ rows }) => ({
        rows: rows.map((row) => (row.title === '' ? { ...row, title: null } : row)),
      })),
      ['gives values back as they were'],
    ],
    [
      'stores events whole',
      storing(({ rows }) => ({ rows: rows.map((row) => ({ value: row }) as never) })),
      ['stores the value of an event, and a result as it is'],
    ],
  ];
  it.each(breaks)('fails a sink that %s', async (_, harness, cases) => {
    expect(await failures(harness)).toEqual(expect.arrayContaining(cases));
  });

  it('has a flawed sink for each case', () => {
    const noticed = new Set(
      [...flaws, ...breaks.map(([, ...rest]) => rest)].flatMap(([, cases]) => cases),
    );
    const cases = sinkContract(harnessOf([])).map(({ name }) => name);
    expect(cases.filter((name) => !noticed.has(name))).toEqual([]);
  });

  it('leaves out the faults that a harness cannot bring about', () => {
    const all = sinkContract(harnessOf([])).map(({ name }) => name);
    const without = sinkContract({ ...harnessOf([]), faults: [] }).map(({ name }) => name);
    expect(all.filter((name) => !without.includes(name))).toEqual([
      'leaves nothing of a commit that fails midway',
      'stores once what it commits without hearing of it',
    ]);
  });
});
