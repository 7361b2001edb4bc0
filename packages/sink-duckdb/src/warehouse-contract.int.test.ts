import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Warehouse } from '@streamify/core';
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
  ];
  it.each(flaws)('fails a warehouse that %s in the cases about it', async (_, flawed, cases) => {
    expect(await failures(flawed)).toEqual(cases);
  });
});
