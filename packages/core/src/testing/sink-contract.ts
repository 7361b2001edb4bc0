import assert from 'node:assert/strict';
import { jsonOfHeaders } from '../codec/header-values.ts';
import type { Checkpoint } from '../contract/checkpoint.ts';
import { type DeadLetter, letterId } from '../contract/dead-letter.ts';
import type { EpochCommit, EpochOutput } from '../contract/epoch.ts';
import { FencedError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { TaskId } from '../contract/sink.ts';
import { assertSame } from './assert-same.ts';
import { commitOf, deadLetter, namedRows, outputOf, position, row } from './contract-output.ts';
import type { ContractRow } from './contract-row.ts';
import type { ContractCase } from './log-contract.ts';
import type { CommitFault, SinkHarness, SinkUnderTest, StoredOutput } from './sink-harness.ts';

type Element = ContractRow | StreamEvent<ContractRow>;
type Test = (under: SinkUnderTest) => Promise<void>;

const task: TaskId = { job: 'plays', partition: 0 };

/**
 * The cases that every sink passes. They need no test runner.
 *
 * @example
 * for (const { name, run } of sinkContract({ open: openMySink, faults: ['midway'] })) it(name, run);
 */
export function sinkContract(harness: SinkHarness): readonly ContractCase[] {
  const tests = { ...checkpoints, ...outputs, ...fencing };
  for (const fault of harness.faults) Object.assign(tests, faults[fault]);
  return Object.entries(tests).map(([name, test]) => ({
    name,
    async run() {
      const under = await harness.open();
      try {
        await test(under);
      } finally {
        await under.close();
      }
    },
  }));
}

const checkpoints: Record<string, Test> = {
  async 'has no checkpoint for a task that never committed'(under) {
    assert.equal((await under.sink.open(task)).checkpoint, undefined);
    assert.equal((await under.sink.open(task)).checkpoint, undefined, 'opening is not committing');
  },

  async 'gives the checkpoint of the last commit to whoever opens the task next'(under) {
    const first = await under.sink.open(task);
    await first.commit(commitOf(1, { state: { kind: 'append', bytes: bytes(1, 0, 255) } }), empty);
    const second: EpochCommit = {
      epoch: 2,
      next: { plays: 2 ** 53 - 1, 'späte plays': 0 },
      topicIds: { plays: 'the first', 'späte plays': 'aÜ-_1' },
      pipeline: 'seen(within 10) seen.watermark()',
      watermark: 1_700_000_000_000,
      state: { kind: 'append', bytes: bytes(2) },
    };
    await first.commit(second, empty);
    await first.close();
    const { epoch, next, topicIds, pipeline } = second;
    const expected = { epoch, next, topicIds, pipeline, state: [bytes(1, 0, 255), bytes(2)] };
    assertCheckpoint((await under.sink.open(task)).checkpoint, expected);
    if (!under.reopen) return;
    assertCheckpoint((await (await under.reopen()).open(task)).checkpoint, expected);
  },

  async 'names the table or topic of its rows, so that a job is noticed that goes on into another'(
    under,
  ) {
    const [late, other] = [await under.table('late'), await under.table('other')];
    const targets = [under.sink, late, other].map(({ target }) => target);
    for (const target of targets) assert.equal(typeof target, 'string');
    assert.equal(new Set(targets).size, 3, `each has its own name, got ${targets.join(', ')}`);
    assert.equal((await under.table('late')).target, late.target, 'the name stays');
    if (under.reopen) assert.equal((await under.reopen()).target, under.sink.target);
  },

  async 'appends state, keeps it where an epoch changes none, and forgets what is no longer needed'(
    under,
  ) {
    const changes: [EpochCommit['state'], Uint8Array[]][] = [
      [undefined, []],
      [{ kind: 'append', bytes: bytes(1) }, [bytes(1)]],
      [undefined, [bytes(1)]],
      [{ kind: 'append', bytes: bytes(2) }, [bytes(1), bytes(2)]],
      [{ kind: 'replace', bytes: bytes(3) }, [bytes(3)]],
      [{ kind: 'append', bytes: bytes(4) }, [bytes(3), bytes(4)]],
      [{ kind: 'append', bytes: bytes(5) }, [bytes(3), bytes(4), bytes(5)]],
      [{ kind: 'append', bytes: bytes(6), keep: 2 }, [bytes(5), bytes(6)]],
      [{ kind: 'append', bytes: bytes(7), keep: 9 }, [bytes(5), bytes(6), bytes(7)]],
      [{ kind: 'append', bytes: bytes(8), keep: 1 }, [bytes(8)]],
    ];
    let epoch = 0;
    for (const [state, expected] of changes) {
      const owner = await under.sink.open(task);
      await owner.commit(commitOf(++epoch, { state }), empty);
      assertCheckpoint((await under.sink.open(task)).checkpoint, {
        ...commitOf(epoch),
        state: expected,
      });
    }
  },

  async 'keeps tasks of other partitions and jobs apart'(under) {
    const named = `${task.job} of somebody else`;
    const tasks = [task, { ...task, partition: 1 }, { ...task, job: 'skips' }];
    await (await under.sink.open({ ...task, job: named })).commit(commitOf(1), empty);
    const owners = await Promise.all(tasks.map((id) => under.sink.open(id)));
    for (const [i, owner] of owners.entries())
      for (let epoch = 1; epoch <= i + 1; epoch++)
        await owner.commit(
          commitOf(epoch, { state: { kind: 'append', bytes: bytes(i, epoch) } }),
          outputOf({ rows: [row(`${i}/${epoch}`)] }),
        );
    for (const [i, id] of tasks.entries()) {
      const { checkpoint } = await under.sink.open(id);
      const state = Array.from({ length: i + 1 }, (_, at) => bytes(i, at + 1));
      assertCheckpoint(checkpoint, { ...commitOf(i + 1), state });
    }
    const { counts } = await under.stored();
    const { plays, skips } = counts;
    assertSame({ plays, skips }, { plays: { in: 3, out: 3 }, skips: { in: 3, out: 3 } });
  },

  async 'commits several tasks at the same time'(under) {
    const partitions = [0, 1, 2, 3];
    await Promise.all(
      partitions.map(async (partition) => {
        const owner = await under.sink.open({ ...task, partition });
        for (let epoch = 1; epoch <= 5; epoch++)
          await owner.commit(commitOf(epoch), outputOf({ rows: [row(`${partition}/${epoch}`)] }));
      }),
    );
    const { rows, counts } = await under.stored();
    assert.equal(new Set(rows.map(({ id }) => id)).size, 20);
    assert.equal(rows.length, 20);
    assertSame(counts, { plays: { in: 20, out: 20 } });
    for (const partition of partitions)
      assert.equal((await under.sink.open({ ...task, partition })).checkpoint?.epoch, 5);
  },
};

const outputs: Record<string, Test> = {
  async 'stores rows, side outputs, dead letters and counts together'(under) {
    const output = outputOf({
      rows: [row('a'), row('b')],
      aside: [
        { output: 'window.late', element: { key: 'ann', time: 7 }, cause: position(3) },
        { output: 'other', element: [1, 'two', null], cause: position(4) },
      ],
      dead: [
        deadLetter(5),
        deadLetter(6, {
          key: '',
          raw: bytes(0, 1, 254, 255),
          headers: { file: 'späte.jsonl', line: '7' },
          schemaId: undefined,
          operator: 'pipeline',
          result: { operator: 'window', key: 'ann', at: -10, value: { count: 2 } },
          stack: 'Error: poison\n    at somewhere',
        }),
      ],
      counts: { late: 1, duplicates: 2 },
    });
    await (await under.sink.open(task)).commit(commitOf(1), output);
    assertStored(await under.stored(), [output]);
  },

  async 'stores the rows of named outputs where each goes, with those of the main stream'(under) {
    const named = new Map([
      ['late', await under.table('late')],
      ['other', await under.table('other')],
    ]);
    const owner = await under.sink.open(task, named);
    const first = outputOf({
      rows: [row('a')],
      named: namedRows({ late: [row('b'), row('c')], other: [row('d')] }),
    });
    await owner.commit(commitOf(1), first);
    await owner.commit(commitOf(2), outputOf({ named: namedRows({ late: [row('e')] }) }));
    const event = { value: row('f'), key: '', time: 1, loggedAt: 2, position: position(0) };
    await owner.commit(commitOf(3), outputOf({ named: namedRows({ other: [event] }) }));
    assertStored(await under.stored(), [first]);
    const idsIn = async (name: string) => sorted(await under.storedIn(name), byId).map(byId);
    assertSame(await idsIn('late'), ['b', 'c', 'e']);
    assertSame(await idsIn('other'), ['d', 'f']);
    assert.equal((await under.sink.open(task, named)).checkpoint?.epoch, 3);
  },

  async 'says of an element of a named output why it cannot store it'(under) {
    const named = new Map([['late', await under.table('late')]]);
    const owner = await under.sink.open(task, named);
    assert.equal(owner.refusalOf('late', row('fine')), undefined);
    const reason = owner.refusalOf('late', { ...row('wrong'), plays: 'many' });
    assert.match(String(reason), /plays/, 'the reason names the field');
  },

  async 'gives the dead letters of a job, and closes those that were re-driven'(under) {
    const letters = [
      deadLetter(5),
      deadLetter(6, { result: { operator: 'window', key: 'ann', at: -10, value: 2 } }),
      deadLetter(6, { stack: 'Error: poison' }),
      deadLetter(7, {
        raw: bytes(0, 1, 254, 255),
        headers: { file: 'späte.jsonl', trace: bytes(0, 255), part: ['one', bytes(128), null] },
        key: '',
      }),
    ];
    const owner = await under.sink.open(task);
    await owner.commit(commitOf(1), outputOf({ dead: letters }));
    const other = await under.sink.open({ ...task, job: 'skips' });
    await other.commit(commitOf(1), outputOf({ dead: [deadLetter(8)] }));
    const open = async () => comparableLetters(await under.sink.deadLetters(task.job));
    assertSame(await open(), comparableLetters(letters));
    const closed = [letters[0], letters[1]] as readonly DeadLetter[];
    await owner.commit(commitOf(2), outputOf({ redriven: closed.map(letterId) }));
    assertSame(await open(), comparableLetters(letters.slice(2)));
    assert.equal((await under.stored()).dead.length, 5, 'closed letters are kept');
    assert.equal((await under.sink.deadLetters('skips')).length, 1);
  },

  async 'adds counts up over epochs and partitions'(under) {
    const counts = [{ in: 1 }, { in: 2, late: 1 }, { late: 3, dead: 1 }];
    for (const partition of [0, 1]) {
      const owner = await under.sink.open({ ...task, partition });
      for (const [i, some] of counts.entries())
        await owner.commit(commitOf(i + 1), { ...empty, counts: some });
    }
    assertSame((await under.stored()).counts, { plays: { in: 6, late: 8, dead: 2 } });
  },

  async 'commits an epoch that has no rows'(under) {
    const owner = await under.sink.open(task);
    await owner.commit(commitOf(1), { ...empty, counts: { in: 3 } });
    await owner.commit(commitOf(2), empty);
    assert.equal((await under.sink.open(task)).checkpoint?.epoch, 2);
    assertStored(await under.stored(), [{ ...empty, counts: { in: 3 } }]);
  },

  async 'stores what an epoch has beside rows, whatever else it has'(under) {
    const owner = await under.sink.open(task);
    const outputs = [
      outputOf({ aside: [aside(1)] }),
      outputOf({ dead: [deadLetter(2)] }),
      outputOf({ rows: [row('a')], dead: [deadLetter(3)], redriven: [letterId(deadLetter(2))] }),
      outputOf({ redriven: [letterId(deadLetter(3))] }),
    ];
    for (const [i, output] of outputs.entries()) {
      await owner.commit(commitOf(i + 1), output);
      const open = await under.sink.deadLetters(task.job);
      const expected = [[], [2], [3], []][i];
      assertSame(
        open.map(({ position: { offset } }) => offset),
        expected,
      );
    }
    assertStored(await under.stored(), outputs);
  },

  async 'has one store for all of its tables or topics'(under) {
    const [late, other] = [await under.table('late'), await under.table('other')];
    for (const { store } of [late, other])
      assert.ok(store !== undefined && store === under.sink.store, 'they commit together');
  },

  async 'stores the value of an event, and a result as it is'(under) {
    const event = { value: row('event'), key: '', time: 1, loggedAt: 2, position: position(0) };
    const output = { ...empty, rows: [event, row('result')], causes: [position(0), position(0)] };
    await (await under.sink.open(task)).commit(commitOf(1), output);
    assertSame(sorted((await under.stored()).rows, byId), [row('event'), row('result')]);
  },

  async 'gives values back as they were'(under) {
    const odd: Partial<ContractRow>[] = [
      { title: null, rating: null, paid: null },
      { title: '', plays: 0, rating: 0, paid: false, at: 0 },
      { title: 'Beyoncé 🎧 "x", \\ \' \n\t; 日本', plays: 2 ** 53 - 1, rating: 0.1, paid: true },
      { title: 'null', plays: -(2 ** 53 - 1), rating: -1.5e300, at: 1_700_000_000_001 },
      { title: '\\N', plays: 2 ** 31, rating: 1 / 3, at: -1 },
    ];
    const rows = odd.map((values, i) => row(String(i), values));
    await (await under.sink.open(task)).commit(commitOf(1), outputOf({ rows }));
    assertSame(sorted((await under.stored()).rows, byId), rows);
  },

  async 'stores more rows than fit a statement'(under) {
    const rows = Array.from({ length: 20_000 }, (_, i) => row(String(100_000 + i)));
    await (await under.sink.open(task)).commit(commitOf(1), outputOf({ rows }));
    assertSame(sorted((await under.stored()).rows, byId), rows);
  },

  async 'says of an element why it cannot store it'(under) {
    const owner = await under.sink.open(task);
    assert.equal(owner.refusal(row('fine')), undefined);
    for (const wrong of [{ plays: 'many' }, { id: null }, { paid: 'maybe' }]) {
      const [field] = Object.keys(wrong) as [string];
      const reason = owner.refusal({ ...row('wrong'), ...wrong } as unknown as ContractRow);
      assert.ok(reason?.includes(field), `the reason names the field ${field}, got ${reason}`);
    }
  },
};

const fencing: Record<string, Test> = {
  async 'refuses an epoch that is not the next one, and stores nothing of it'(under) {
    const owner = await under.sink.open(task);
    const output = outputOf({ rows: [row('a')] });
    await owner.commit(commitOf(1), output);
    const again = outputOf({ rows: [row('b')], dead: [deadLetter(1)] });
    for (const epoch of [1, 0, 3]) {
      const next = await under.sink.open(task);
      await assertFenced(next.commit(commitOf(epoch), again), `epoch ${epoch} after 1`);
    }
    assertStored(await under.stored(), [output]);
    assert.equal((await under.sink.open(task)).checkpoint?.epoch, 1);
  },

  async 'refuses an owner whom another has replaced, and stores nothing of it'(under) {
    const old = await under.sink.open(task);
    const output = outputOf({ rows: [row('a')] });
    await old.commit(commitOf(1), output);
    const young = await under.sink.open(task);
    const late = outputOf({ rows: [row('b')], aside: [aside(2)], dead: [deadLetter(2)] });
    await assertFenced(old.commit(commitOf(2), late), 'the old owner');
    assertStored(await under.stored(), [output]);
    assertCheckpoint(young.checkpoint, { ...commitOf(1), state: [] });
    await young.commit(commitOf(2), late);
    assertStored(await under.stored(), [output, late]);
    await assertFenced(old.commit(commitOf(3), output), 'the old owner, once more');
  },

  async 'lets a commit and the next owner take turns'(under) {
    for (let partition = 0; partition < 5; partition++) {
      const id = { ...task, partition };
      const old = await under.sink.open(id);
      const [committed, young] = await Promise.allSettled([
        old.commit(commitOf(1), outputOf({ rows: [row(`old ${partition}`)] })),
        under.sink.open(id),
      ]);
      if (young.status === 'rejected') throw young.reason;
      const { checkpoint } = young.value;
      const fenced = committed.status === 'rejected' && committed.reason instanceof FencedError;
      if (committed.status === 'rejected' && !fenced) throw committed.reason;
      assert.equal(checkpoint?.epoch, fenced ? undefined : 1, 'the new owner sees what happened');
      const epoch = (checkpoint?.epoch ?? 0) + 1;
      await young.value.commit(commitOf(epoch), outputOf({ rows: [row(`young ${partition}`)] }));
    }
  },
};

const faults: Record<CommitFault, Record<string, Test>> = {
  midway: {
    async 'leaves nothing of a commit that fails midway'(under) {
      const output = outputOf({ rows: [row('a')] });
      await (await under.sink.open(task)).commit(commitOf(1), output);
      const failed = outputOf({
        rows: [row('b')],
        named: namedRows({ late: [row('c')] }),
        aside: [aside(1)],
        dead: [deadLetter(2)],
      });
      const named = new Map([['late', await under.table('late')]]);
      const owner = await under.sink.open(task, named);
      under.failNextCommit('midway');
      await assert.rejects(owner.commit(commitOf(2), failed));
      assertStored(await under.stored(), [output]);
      assertSame(await under.storedIn('late'), [], 'named outputs are in the transaction');
      const next = await under.sink.open(task, named);
      assertCheckpoint(next.checkpoint, { ...commitOf(1), state: [] });
      await next.commit(commitOf(2), failed);
      assertStored(await under.stored(), [output, failed]);
      assertSame((await under.storedIn('late')).map(byId), ['c']);
    },
  },
  'reply lost': {
    async 'stores once what it commits without hearing of it'(under) {
      const output = outputOf({ rows: [row('a')], dead: [deadLetter(1)] });
      const state = { kind: 'append', bytes: bytes(1) } as const;
      const owner = await under.sink.open(task);
      under.failNextCommit('reply lost');
      // A sink that can read back what happened makes the reply good; the others reject.
      await owner.commit(commitOf(1, { state }), output).catch(() => {});
      assertStored(await under.stored(), [output]);
      const next = await under.sink.open(task);
      assertCheckpoint(next.checkpoint, { ...commitOf(1), state: [bytes(1)] });
    },
  },
};

const empty: EpochOutput<Element> = outputOf({});
const bytes = (...values: number[]) => Uint8Array.from(values);
const aside = (offset: number) => ({
  output: 'window.late',
  element: offset,
  cause: position(offset),
});

async function assertFenced(commit: Promise<void>, who: string): Promise<void> {
  const outcome = await commit.then(
    () => 'it committed',
    (cause: unknown) => cause,
  );
  assert.ok(outcome instanceof FencedError, `${who} is fenced, got: ${String(outcome)}`);
}

function assertCheckpoint(actual: Checkpoint | undefined, expected: Checkpoint): void {
  const plain = ({ epoch, next, topicIds, pipeline, state }: Partial<Checkpoint>) => ({
    epoch,
    next,
    topicIds,
    pipeline,
    state: state?.map((part) => [...part]),
  });
  assertSame(plain(actual ?? {}), plain(expected));
}

/** Asserts that exactly these outputs of one job are stored, in any order. */
function assertStored(actual: StoredOutput, outputs: readonly EpochOutput<Element>[]): void {
  const counts: Record<string, number> = {};
  for (const output of outputs)
    for (const [name, n] of Object.entries(output.counts)) counts[name] = (counts[name] ?? 0) + n;
  const expected = {
    rows: outputs.flatMap(({ rows }) => rows as ContractRow[]),
    aside: outputs.flatMap((output) => output.aside),
    dead: outputs.flatMap(({ dead }) => dead),
    counts: { [task.job]: counts },
  };
  assertSame(comparable(actual), comparable(expected));
}

function comparable({ rows, aside, dead, counts }: StoredOutput) {
  return {
    rows: sorted(rows, byId),
    aside: sorted(aside, ({ cause }) => cause.offset),
    dead: comparableLetters(dead),
    counts,
  };
}

/** Letters in an order that does not depend on how they are stored. */
function comparableLetters(letters: readonly DeadLetter[]) {
  return sorted(
    letters.map((letter) => ({
      ...letter,
      raw: [...letter.raw],
      headers: jsonOfHeaders(letter.headers),
    })),
    letterId,
  );
}

function sorted<T>(items: readonly T[], by: (item: T) => string | number): T[] {
  return [...items].sort((a, b) => (by(a) < by(b) ? -1 : 1));
}

const byId = ({ id }: ContractRow) => id;
