import { type DuckDBConnection, DuckDBInstance, type JS } from '@duckdb/node-api';
import { TableMismatchError } from '@streamify/core';
import type { ColumnKind, ColumnType } from '@streamify/core/adapter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendColumns, type ColumnSource } from './append-columns.ts';
import { sqlType, storedAs } from './column-storage.ts';

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
const cases: Readonly<
  Record<
    Exclude<ColumnType, 'decimal' | 'struct' | 'list' | 'map'>,
    readonly (readonly [value: unknown, shown: unknown])[]
  >
> = {
  boolean: [
    [true, 'true'],
    [false, 'false'],
  ],
  int: [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)].map((n) => [n, String(n)]),
  long: [0, 1, -1, -0, 2 ** 32, -(2 ** 32), 2 ** 32 - 1, -(2 ** 32) - 1, limit, -limit]
    .map((n): [unknown, unknown] => [n, String(BigInt(n))])
    .concat([2n ** 63n - 1n, -(2n ** 63n), 5n].map((n) => [n, String(n)])),
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
  uuid: [
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '01234567-89ab-cdef-0123-456789abcdef',
    '80000000-0000-0000-8000-000000000001',
  ].map((text) => [text, text]),
  date: [
    [0, '1970-01-01'],
    [-1, '1969-12-31'],
    [20_514, '2026-03-02'],
    [2 ** 31 - 2, '5881580-07-10'],
    [2 - 2 ** 31, '5877642-06-25 (BC)'],
  ],
  'time-millis': [
    [0, '00:00:00'],
    [86_399_999, '23:59:59.999'],
  ],
  'time-micros': [
    [1, '00:00:00.000001'],
    [86_399_999_999, '23:59:59.999999'],
  ],
  'timestamp-micros': [
    [1, '1970-01-01 00:00:00.000001'],
    [-1, '1969-12-31 23:59:59.999999'],
    [1_772_409_600_123_456, '2026-03-02 00:00:00.123456'],
    [limit, '2255-06-05 23:47:34.740991'],
    [-limit, '1684-07-28 00:12:25.259009'],
  ],
  'timestamp-nanos': [
    [1, '1970-01-01 00:00:00.000000001'],
    [1_772_409_600_123_456_789n, '2026-03-02 00:00:00.123456789'],
    [2n ** 63n - 2n, '2262-04-11 23:47:16.854775806'],
    [-9_223_286_400_000_000_000n, '1677-09-22 00:00:00'],
  ],
  json: [
    [{ a: [1, null, 'é'] }, '{"a":[1,null,"é"]}'],
    ['text', '"text"'],
    [12, '12'],
  ],
};

/** Appends the values of a column to a new table, and reads them as text. */
async function stored(kind: ColumnKind, values: readonly unknown[]): Promise<readonly JS[]> {
  await connection.run(`create or replace table t (v ${sqlType(kind)})`);
  const appender = await connection.createAppender('t');
  appendColumns(appender, [{ ...kind, valueOf: (row) => values[row] }], values.length);
  appender.closeSync();
  const reader = await connection.runAndReadAll('select v::varchar from t order by rowid');
  return reader.getRowsJS().map(([value]) => value ?? null);
}

describe('columns', () => {
  it.each(Object.entries(cases))('hold any %s, and null', async (type, pairs) => {
    const values = [...pairs.map(([value]) => value), null, undefined];
    const shown = [...pairs.map(([, each]) => each), null, null];
    expect(await stored({ type: type as ColumnType }, values)).toEqual(shown);
  });

  it.each([
    [1, 0],
    [4, 2],
    [5, 5],
    [9, 3],
    [10, 0],
    [18, 9],
    [19, 4],
    [38, 0],
    [38, 38],
    [39, 2],
  ])('hold any decimal of %i digits, %i of them behind the point', async (precision, scale) => {
    const whole = '9'.repeat(precision - scale) || '0';
    const fraction = (digit: string) => (scale === 0 ? '' : `.${digit.repeat(scale)}`);
    const values = [`${whole}${fraction('9')}`, `-${whole}${fraction('9')}`, `0${fraction('0')}`];
    const smallest = scale === 0 ? '1' : `0.${'1'.padStart(scale, '0')}`;
    const all = [...values, smallest, `-${smallest}`, null];
    // DuckDB shows no zero before the point of a decimal that has no digit there.
    const shown = all.map((text) =>
      scale < precision ? text : (text?.replace('0.', '.') ?? null),
    );
    expect(await stored(storedAs({ type: 'decimal', precision, scale }), all)).toEqual(shown);
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
    expect(await stored({ type: 'string' }, lone)).toEqual([
      '\ufffd',
      'a long text with half a \ufffd pair',
    ]);
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
