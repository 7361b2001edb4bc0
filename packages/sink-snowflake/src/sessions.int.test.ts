import { FencedError } from '@streamify/core';
import { type ContractRow, contractSchema, emptyOutput } from '@streamify/core/testing';
import { describe, expect, it } from 'vitest';
import { WarehouseError } from './errors.ts';
import { describeWithSnowflake } from './testing/describe-with-snowflake.ts';
import { openWarehouse, type WarehouseOptions } from './warehouse.ts';

const task = { job: 'plays', partition: 0 };
const row = (id: string): ContractRow => ({
  id,
  title: null,
  plays: 1,
  rating: null,
  paid: null,
  at: 0,
});
const commitOf = (epoch: number) => ({
  epoch,
  next: { plays: epoch },
  topicIds: {},
  watermark: 0,
  pipeline: '',
  state: undefined,
});
const outputOf = (...ids: string[]) => ({
  ...emptyOutput,
  rows: ids.map(row),
  causes: ids.map((_, offset) => ({ topic: 'plays', partition: 0, offset })),
  counts: { in: ids.length },
});

describeWithSnowflake('a schema of Snowflake with several sessions', (snowflake) => {
  /** Opens two warehouses of one schema, as two processes do. */
  async function two() {
    const connection = await snowflake().schema();
    const [one, other] = [await openWarehouse(connection), await openWarehouse(connection)];
    const tables = [one, other].map((warehouse) => warehouse.table('plays', contractSchema));
    const close = () => Promise.all([one.close(), other.close()]);
    return { one, tables, close };
  }
  const idsIn = async (warehouse: { query(sql: string): Promise<readonly object[]> }) =>
    (await warehouse.query('select id from plays order by 1')).flatMap(Object.values);

  it('refuses a zombie that commits late, and stores nothing of it', async () => {
    const { one, tables, close } = await two();
    try {
      const zombie = await tables[0]?.open(task);
      await zombie?.commit(commitOf(1), outputOf('a'));
      const successor = await tables[1]?.open(task);
      expect(successor?.checkpoint?.epoch).toBe(1);
      const late = zombie?.commit(commitOf(2), outputOf('zombie'));
      await expect(late).rejects.toThrow(FencedError);
      await successor?.commit(commitOf(2), outputOf('b'));
      expect(await idsIn(one)).toEqual(['a', 'b']);
      // The control: the same rows by a statement of its own, as a sink without a fence writes them.
      await one.query(
        "insert into plays select 'zombie', null, 1, null, null, to_timestamp_ntz('1970-01-01'), 'plays', 0, 0, to_timestamp_ntz('1970-01-01')",
      );
      expect(await idsIn(one)).toEqual(['a', 'b', 'zombie']);
    } finally {
      await close();
    }
  });

  it('has one row for a task that two open at once for the first time', async () => {
    const { one, tables, close } = await two();
    try {
      const opened = await Promise.allSettled(tables.map((table) => table.open(task)));
      expect(opened.some(({ status }) => status === 'fulfilled')).toBe(true);
      const rows = await one.query('select owner from _streamify_checkpoints');
      expect(rows).toHaveLength(1);
    } finally {
      await close();
    }
  });

  it('says of a statement what Snowflake says', async () => {
    const { one, close } = await two();
    try {
      const failing = one.query('select * from nowhere');
      await expect(failing).rejects.toThrow(WarehouseError);
      await expect(failing).rejects.toThrow(/Snowflake: .*NOWHERE.* does not exist/i);
    } finally {
      await close();
    }
  });
});

describe('a warehouse whose account is not reached', () => {
  it('says where it looked, and nothing that is secret', async () => {
    const nowhere: WarehouseOptions = {
      account: 'myorg-account1',
      user: 'LOADER',
      password: 'a secret of ours',
      database: 'MUSIC',
      url: 'http://127.0.0.1:1',
    };
    const opening = openWarehouse(nowhere);
    const message = 'cannot connect to Snowflake at http://127.0.0.1:1 as LOADER: connect';
    await expect(opening).rejects.toThrow(message);
    await expect(opening).rejects.not.toThrow('secret');
  });
});
