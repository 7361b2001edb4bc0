import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordSchema, Warehouse } from '@streamify/core';
import { warehouseContract } from '@streamify/core/testing';
import { describe, expect, it } from 'vitest';
import { openWarehouse } from './warehouse.ts';

async function open() {
  const dir = await mkdtemp(join(tmpdir(), 'duckdb-warehouse-'));
  const path = join(dir, 'raw.duckdb');
  let warehouse = await openWarehouse({ path });
  return {
    warehouse,
    async reopen() {
      await warehouse.close();
      warehouse = await openWarehouse({ path });
      return warehouse;
    },
    async close() {
      await warehouse.close();
      await rm(dir, { recursive: true });
    },
  };
}

describe('a DuckDB warehouse', () => {
  for (const { name, run } of warehouseContract({ open })) it(name, run);
});

/** The cases that a warehouse fails which is made of one that passes. */
async function failures(flawed: (warehouse: Warehouse) => Warehouse): Promise<readonly string[]> {
  const failed: string[] = [];
  const openFlawed = async () => {
    const under = await open();
    const reopen = async () => flawed(await under.reopen());
    return { ...under, warehouse: flawed(under.warehouse), reopen };
  };
  for (const { name, run } of warehouseContract({ open: openFlawed }))
    await run().catch(() => failed.push(name));
  return failed;
}

/** Its tables keep the columns of the first schema that they had. */
function withFirstSchemas(warehouse: Warehouse): Warehouse {
  const first = new Map<string, RecordSchema>();
  return {
    ...warehouse,
    table(name, schema, options) {
      const kept = first.get(name) ?? schema;
      first.set(name, kept);
      return warehouse.table(name, kept, options) as never;
    },
  };
}

let opened = 0;

/** Its jobs are others whenever it is opened. */
function withNewJobs(warehouse: Warehouse): Warehouse {
  const nth = ++opened;
  return {
    ...warehouse,
    deadLetters: (job) => warehouse.deadLetters(`${nth} ${job}`),
    table(name, schema, options) {
      const sink = warehouse.table(name, schema, options);
      const { open } = sink;
      const another: typeof open = (task, named) =>
        open({ ...task, job: `${nth} ${task.job}` }, named);
      return Object.assign(sink, { open: another });
    },
  };
}

describe('warehouseContract', () => {
  const flaws: [string, (warehouse: Warehouse) => Warehouse, string[]][] = [
    ['has no flaw', (warehouse) => ({ ...warehouse }), []],
    [
      'adds rows where it should replace them',
      (warehouse) => ({ ...warehouse, table: (name, schema) => warehouse.table(name, schema) }),
      [
        'replaces rows by key, within an epoch and behind it',
        'refuses a key that is no column',
        'refuses two outputs into one table in forms that differ',
      ],
    ],
    [
      'drops the rows of named outputs',
      (warehouse) => ({
        ...warehouse,
        table(name, schema, options) {
          const sink = warehouse.table(name, schema, options);
          return { ...sink, open: (task) => sink.open(task) };
        },
      }),
      [
        'commits the tables of named outputs together with that of the rows',
        'refuses two outputs into one table in forms that differ',
      ],
    ],
    [
      'knows no dead letters',
      (warehouse) => ({ ...warehouse, deadLetters: async () => [] }),
      ['gives the open dead letters of a job'],
    ],
    [
      'does not close',
      (warehouse) => ({ ...warehouse, close: async () => {} }),
      ['waits for what is under way when it closes, and refuses what comes later'],
    ],
    [
      'does not tell where rows come from',
      (warehouse) => ({
        ...warehouse,
        query: async (sql) => (await warehouse.query(sql)).map(({ _topic, ...row }) => row),
      }),
      ['makes a table of a schema, with where each row comes from'],
    ],
    [
      'takes what it can of a name',
      (warehouse) => ({
        ...warehouse,
        table: (name, schema, options) =>
          warehouse.table(name.replaceAll(/\W/g, '_'), schema, options),
      }),
      ['takes names that need quotes, and runs nothing that they say'],
    ],
    [
      'keeps the columns that a table had at first',
      withFirstSchemas,
      [
        'adds the nullable columns that a schema has gained',
        'refuses a table whose columns disagree, for good',
        'refuses a schema that no longer gives a column which must have a value, for good',
        'refuses two outputs into one table in forms that differ',
      ],
    ],
    [
      'forgets its jobs when it closes',
      withNewJobs,
      ['keeps what it committed when it is opened again'],
    ],
  ];
  it.each(flaws)('fails a warehouse that %s in the cases about it', async (_, flawed, cases) => {
    expect(await failures(flawed)).toEqual(cases);
  });

  it('has a flawed warehouse for each case', () => {
    const cases = warehouseContract({ open }).map(({ name }) => name);
    const noticed = new Set(flaws.flatMap(([, , names]) => names));
    expect(cases.filter((name) => !noticed.has(name))).toEqual([]);
  });
});
