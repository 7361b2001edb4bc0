import { type DuckDBConnection, DuckDBInstance, type JS } from '@duckdb/node-api';
import { TableMismatchError } from '@streamify/core';
import type { ColumnType } from '@streamify/core/adapter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendColumns, type ColumnSource } from './append-columns.ts';
import { sqlTypes } from './sql.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const limit = Number.MAX_SAFE_INTEGER;
/** What each type can hold at its edges, and what DuckDB shows of it. */
const cases: Readonly<Record<ColumnType, readonly (readonly [value: unknown, shown: unknown])[]>> =
  {
    boolean: [
      [true, 'true'],
      [false, 'false'],
    ],
    int: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)].map((n) => [n, String(n)]),
    long: [0, 1, -1, -0, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, -(2 ** 32) - 1, limit, -limit].map(
      (n) => [n, String(BigInt(n))],
    ),
    float: [
      [1.5, '1.5'],
      [-0.1, '-0.1'],
      [Number.POSITIVE_INFINITY, 'inf'],
      [Number.NaN, 'nan'],
    ],
    double: [
      [0.1, '0.1'],
      [-1e300, '-1e+300'],
      [Number.NEGATIVE_INFINITY, '-inf'],
      [Number.NaN, 'nan'],
    ],
    string: [
      '',
      'a',
      'twelve chars',
      'thirteen char',
      'é',
      'Beyoncé',
      'elfzeichen ü',
      '日本語',
      '🎵',
      '\0',
      'a\0b',
      'a zero \0 in a long text',
      '"quoted", and\nlines',
      'x'.repeat(100_000),
    ].map((text) => [text, text]),
    bytes: [
      [new Uint8Array(), ''],
      [Uint8Array.of(0, 1, 255), '\\x00\\x01\\xFF'],
      [Buffer.from('some bytes from a larger buffer').subarray(5, 10), 'bytes'],
    ],
    'timestamp-millis': [
      [0, '1970-01-01 00:00:00'],
      [-1, '1969-12-31 23:59:59.999'],
      [1_772_409_600_123, '2026-03-02 00:00:00.123'],
      [253_402_300_799_999, '9999-12-31 23:59:59.999'],
      [-62_135_596_800_000, '0001-01-01 00:00:00'],
    ],
    json: [
      [{ a: [1, null, 'é'] }, '{"a":[1,null,"é"]}'],
      ['text', '"text"'],
      [12, '12'],
    ],
  };

/** Appends the values of a column to a new table, and reads them as text. */
async function stored(type: ColumnType, values: readonly unknown[]): Promise<readonly JS[]> {
  await connection.run(`create or replace table t (v ${sqlTypes[type]})`);
  const appender = await connection.createAppender('t');
  appendColumns(appender, [{ type, valueOf: (row) => values[row] }], values.length);
  appender.closeSync();
  const reader = await connection.runAndReadAll('select v::varchar from t order by rowid');
  return reader.getRowsJS().map(([value]) => value ?? null);
}

describe('columns', () => {
  it.each(Object.entries(cases))('hold any %s, and null', async (type, pairs) => {
    const values = [...pairs.map(([value]) => value), null, undefined];
    const shown = [...pairs.map(([, each]) => each), null, null];
    expect(await stored(type as ColumnType, values)).toEqual(shown);
  });

  it('refuse a table whose column has become another', async () => {
    await connection.run('create or replace table t (v integer)');
    const appender = await connection.createAppender('t');
    const append = () => appendColumns(appender, [{ type: 'long', valueOf: () => 1 }], 1);
    expect(append).toThrow(TableMismatchError);
    expect(append).toThrow('column 1 of the table is INTEGER by now, and takes no long');
    appender.closeSync();
  });

  it('take what is no valid text as replacement characters', async () => {
    const lone = ['\ud800', 'a long text with half a \udc00 pair'];
    expect(await stored('string', lone)).toEqual(['\ufffd', 'a long text with half a \ufffd pair']);
  });

  it('keep rows apart over many chunks, with nulls in some of them only', async () => {
    const rows = 10_000;
    const columns: readonly ColumnSource[] = [
      { type: 'long', valueOf: (row) => row },
      { type: 'string', valueOf: (row) => (row > 5_000 && row % 3 === 0 ? null : `row ${row}`) },
      undefined,
      { type: 'string', valueOf: (row) => `a longer text of row ${row}` },
    ];
    await connection.run(
      'create or replace table t (n bigint, s varchar, added integer[], l varchar)',
    );
    const appender = await connection.createAppender('t');
    appendColumns(appender, columns, rows);
    appender.closeSync();
    const reader = await connection.runAndReadAll(
      `select count(*)::int, count(s)::int, count(added)::int,
         bool_and(s is not distinct from case when n > 5000 and n % 3 = 0 then null else 'row ' || n end),
         bool_and(l = 'a longer text of row ' || n), count(distinct n)::int
       from t`,
    );
    const missing = Array.from({ length: rows }, (_, row) => row).filter(
      (row) => row > 5_000 && row % 3 === 0,
    ).length;
    expect(reader.getRowsJS()).toEqual([[rows, rows - missing, 0, true, true, rows]]);
  });
});
