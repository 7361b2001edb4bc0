import assert from 'node:assert/strict';
import type { EpochOutput } from '../contract/epoch.ts';
import { ClosedError, OptionError, TableMismatchError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { TaskId } from '../contract/sink.ts';
import type { Warehouse } from '../contract/warehouse.ts';
import { assertSame } from './assert-same.ts';
import { commitOf, deadLetter, namedRows, outputOf, row } from './contract-output.ts';
import { type ContractRow, contractSchema } from './contract-row.ts';
import type { ContractCase } from './log-contract.ts';

/** Opens warehouses for {@link warehouseContract} to check. */
export interface WarehouseHarness {
  /** Opens an empty warehouse. Called once a case. */
  open(): Promise<WarehouseUnderTest>;
}

/** A warehouse under test. */
export interface WarehouseUnderTest {
  readonly warehouse: Warehouse;
  /** Closes the warehouse and opens the same storage again, as after a restart of the process. */
  reopen(): Promise<Warehouse>;
  close(): Promise<void>;
}

type Test = (under: WarehouseUnderTest) => Promise<void>;

const task: TaskId = { job: 'plays', partition: 0 };

/**
 * The cases that every warehouse passes, beside those of `sinkContract` for its tables. They need no test
 * runner. In what they ask for, names are not quoted, or in upper case, and the names of columns may come in any case.
 *
 * @example
 * for (const { name, run } of warehouseContract({ open: openMyWarehouse })) it(name, run);
 */
export function warehouseContract(harness: WarehouseHarness): readonly ContractCase[] {
  return Object.entries({ ...tables, ...rest }).map(([name, test]) => ({
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

const tables: Record<string, Test> = {
  async 'makes a table of a schema, with where each row comes from'({ warehouse }) {
    await commit(warehouse, 'plays', outputOf({ rows: [row('a')] }));
    const [found = {}] = await warehouse.query('select * from plays');
    const { _ingested_at, _offset, ...stored } = lowerCased(found);
    assertSame(Object.keys(stored), [
      'id',
      'title',
      'plays',
      'rating',
      'paid',
      'at',
      '_topic',
      '_partition',
    ]);
    assert.equal(stored['id'], 'a');
    assert.equal(stored['_topic'], 'plays');
    assert.equal(Number(_offset), 0);
    assert.ok(_ingested_at instanceof Date, 'when it was loaded');
    const gift = {
      type: 'record',
      name: 'Gift',
      fields: [{ name: 'isGift', type: 'boolean' }],
    } as const;
    await warehouse.table('gifts', gift).open({ ...task, job: 'gifts' });
    await warehouse.query('select is_gift from gifts');
  },

  async 'replaces rows by key, within an epoch and behind it'({ warehouse }) {
    const sink = warehouse.table('latest', contractSchema, { upsert: ['id'] });
    const owner = await sink.open(task);
    const rows = [row('a', { plays: 1 }), row('b', { plays: 2 }), row('a', { plays: 3 })];
    await owner.commit(commitOf(1), outputOf({ rows }));
    await owner.commit(commitOf(2), outputOf({ rows: [row('b', { plays: 4 })] }));
    const stored = await warehouse.query('select id, plays from latest order by 1');
    assertSame(
      stored.map((each) => Object.values(each).map(String)),
      [
        ['a', '3'],
        ['b', '4'],
      ],
    );
  },

  async 'takes names that need quotes, and runs nothing that they say'({ warehouse }) {
    const name = 'pl"ays; drop table x; --';
    await commit(warehouse, name, outputOf({ rows: [row('a')] }));
    const stored = await warehouse.query('select id from "PL""AYS; DROP TABLE X; --"');
    assert.equal(stored.length, 1);
  },

  async 'adds the nullable columns that a schema has gained'({ warehouse }) {
    const [id, ...others] = contractSchema.fields;
    const older: RecordSchema = { ...contractSchema, fields: [id, ...others.slice(1)] };
    const { title: _, ...withoutTitle } = row('old');
    const owner = await warehouse.table('plays', older).open({ ...task, job: 'older' });
    await owner.commit(commitOf(1), outputOf({ rows: [withoutTitle as ContractRow] }) as never);
    await commit(warehouse, 'plays', outputOf({ rows: [row('new')] }));
    const stored = await warehouse.query('select id, title from plays order by 1 desc');
    assertSame(
      stored.map((each) => Object.values(each)),
      [
        ['old', null],
        ['new', 'title new'],
      ],
    );
  },

  async 'refuses a table whose columns disagree, for good'({ warehouse }) {
    await commit(warehouse, 'plays', outputOf({ rows: [row('a')] }));
    const other = {
      type: 'record',
      name: 'Other',
      fields: [{ name: 'id', type: 'boolean' }],
    } as const;
    const opening = warehouse.table('plays', other).open({ ...task, job: 'other' });
    await assertMismatch(opening, /plays.*id/is);
  },

  async 'refuses a schema that no longer gives a column which must have a value, for good'({
    warehouse,
  }) {
    await commit(warehouse, 'plays', outputOf({ rows: [row('a')] }));
    const { fields } = contractSchema;
    const gone = { ...contractSchema, fields: fields.filter(({ name }) => name !== 'plays') };
    const free = fields.map((field) =>
      field.name === 'plays' ? { ...field, type: ['null', 'long'] as const } : field,
    );
    for (const schema of [gone, { ...contractSchema, fields: free }] as RecordSchema[]) {
      const opening = warehouse.table('plays', schema).open({ ...task, job: 'later' });
      await assertMismatch(opening, /plays.*plays/is);
    }
    const optional = { ...contractSchema, fields: fields.filter(({ name }) => name !== 'title') };
    const { title: _, ...untitled } = row('b');
    const owner = await warehouse
      .table('plays', optional as RecordSchema)
      .open({ ...task, job: 'untitled' });
    await owner.commit(commitOf(1), outputOf({ rows: [untitled as ContractRow] }) as never);
    const stored = await warehouse.query('select title from plays order by id');
    assert.deepEqual(stored.flatMap(Object.values), ['title a', null]);
  },

  async 'refuses a key that is no column'({ warehouse }) {
    for (const upsert of [['nobody'], []])
      assert.throws(() => warehouse.table('plays', contractSchema, { upsert }), OptionError);
  },
};

const rest: Record<string, Test> = {
  async 'commits the tables of named outputs together with that of the rows'({ warehouse }) {
    const named = new Map([
      ['late', warehouse.table('late', contractSchema)],
      ['again', warehouse.table('plays', contractSchema)],
    ]);
    const owner = await warehouse.table('plays', contractSchema).open(task, named);
    const output = outputOf({
      rows: [row('a')],
      named: namedRows({ late: [row('b')], again: [row('c')] }),
    });
    await owner.commit(commitOf(1), output);
    const ids = async (table: string) =>
      (await warehouse.query(`select id from ${table} order by 1`)).flatMap(Object.values);
    assertSame(await ids('plays'), ['a', 'c']);
    assertSame(await ids('late'), ['b']);
  },

  async 'refuses two outputs into one table in forms that differ'({ warehouse }) {
    const other = { ...contractSchema, fields: contractSchema.fields.slice(0, 1) };
    const differing = [
      warehouse.table('plays', other as RecordSchema),
      warehouse.table('plays', contractSchema, { upsert: ['id'] }),
    ];
    for (const sink of differing) {
      const named = new Map([['late', sink]]);
      const opening = warehouse.table('plays', contractSchema).open(task, named);
      await assert.rejects(opening, OptionError);
    }
  },

  async 'gives the open dead letters of a job'({ warehouse }) {
    await commit(warehouse, 'plays', outputOf({ dead: [deadLetter(7)] }));
    const letters = await warehouse.deadLetters(task.job);
    assertSame(
      letters.map(({ position }) => position.offset),
      [7],
    );
    assertSame(await warehouse.deadLetters('nobody'), []);
  },

  async 'keeps what it committed when it is opened again'(under) {
    await commit(under.warehouse, 'plays', outputOf({ rows: [row('a')] }));
    const again = await under.reopen();
    assert.equal((await again.query('select id from plays')).length, 1);
    const { checkpoint } = await again.table('plays', contractSchema).open(task);
    assert.equal(checkpoint?.epoch, 1);
  },

  async 'waits for what is under way when it closes, and refuses what comes later'(under) {
    const { warehouse } = under;
    const owner = await warehouse.table('plays', contractSchema).open(task);
    const committing = owner.commit(commitOf(1), outputOf({ rows: [row('a')] }));
    await Promise.all([committing, warehouse.close()]);
    await assert.rejects(warehouse.query('select 1'), ClosedError);
    await assert.rejects(owner.commit(commitOf(2), outputOf({})), ClosedError);
    const again = await under.reopen();
    assert.equal((await again.query('select id from plays')).length, 1);
  },
};

async function assertMismatch(opening: Promise<unknown>, names: RegExp): Promise<void> {
  const failure = await opening.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(failure instanceof TableMismatchError, `it is refused, got ${String(failure)}`);
  assert.equal(failure.isFinal, true, 'no retry mends it');
  assert.match(failure.message, names, 'it names the table and the column');
}

/** Commits an epoch of a new task into a table. */
async function commit(
  warehouse: Warehouse,
  table: string,
  output: EpochOutput<ContractRow | StreamEvent<ContractRow>>,
): Promise<void> {
  const owner = await warehouse.table(table, contractSchema).open(task);
  await owner.commit(commitOf(1), output);
}

function lowerCased(found: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
