import type { RecordSchema } from '@streamify/core';
import { emptyOutput, seededRandom } from '@streamify/core/testing';
import { expect, it } from 'vitest';
import { describeWithSnowflake } from './testing/describe-with-snowflake.ts';
import { openWarehouse } from './warehouse.ts';

const random = seededRandom(16);
const below = (n: number) => Math.floor(random() * n);
const times = <T>(n: number, make: () => T) => Array.from({ length: n }, make);
const long = () => BigInt.asIntN(64, BigInt(below(2 ** 32)) * BigInt(below(2 ** 32)) * 2n);
const text = () => String.fromCharCode(...times(below(20), () => 1 + below(0xffff)));
const millis = () => -62_135_596_800_000 + Math.floor(random() * 315_537_897_600_000);

/** Values of a type, how a table is asked for them, and how many of them are refused. */
interface Case {
  readonly type: unknown;
  readonly values: readonly unknown[];
  readonly sql?: string;
  readonly expected?: (value: never) => unknown;
  readonly refused: number;
}

const logical = (type: string, logicalType: string) => ({ type, logicalType });
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase();
const limit = Number.MAX_SAFE_INTEGER;
const int = 2 ** 31;
const big = 2n ** 63n;
const lastMillis = 253_402_300_799_999;
const firstMillis = -62_135_596_800_000;
/** How SQL writes numbers that are none. */
const endless = new Map([
  [Infinity, 'inf'],
  [-Infinity, '-inf'],
  [NaN, 'nan'],
]);
const micros = "datediff(microsecond, '1970-01-01'::timestamp_ntz, v)";

const cases: Readonly<Record<string, Case>> = {
  boolean: { type: 'boolean', values: [true, false, 1, 'true'], refused: 2 },
  int: {
    type: 'int',
    values: [0, int - 1, -int, int, 0.5, '1'],
    sql: 'v::varchar',
    expected: String,
    refused: 3,
  },
  long: {
    type: 'long',
    values: [0, limit, -limit, limit + 1, 0.5, 0n, big - 1n, -big, big, ...times(100, long)],
    sql: 'v::varchar',
    expected: String,
    refused: 3,
  },
  float: { type: 'float', values: [0.1, 3.5e38, 1e-46, -2.5], expected: Math.fround, refused: 1 },
  double: {
    type: 'double',
    values: [0.1, 5e-324, Number.MAX_VALUE, -1 / 3, Infinity, -Infinity, NaN, '1'],
    sql: 'v::varchar',
    expected: (value: number) => endless.get(value) ?? String(value),
    refused: 1,
  },
  string: {
    type: 'string',
    values: [
      '',
      "'; drop table x; --",
      '\\N',
      'NULL',
      '"\n\r\t\\',
      '\ud800',
      '🎵'.repeat(5_000),
      'x'.repeat(2 * 2 ** 20),
      'x'.repeat(7 * 2 ** 20),
      5,
    ].concat(times(200, text) as never[]),
    expected: (value: string) => value.toWellFormed(),
    refused: 2,
  },
  bytes: {
    type: 'bytes',
    values: [Uint8Array.of(), Buffer.from('abc').subarray(1), 'abc'],
    sql: 'hex_encode(v)',
    expected: hex,
    refused: 1,
  },
  uuid: {
    type: logical('string', 'uuid'),
    values: ['00000000-0000-0000-0000-000000000000', 'x'],
    refused: 1,
  },
  date: {
    type: logical('int', 'date'),
    values: [0, -1, 2_932_896, 2_932_897, -719_162, -719_163, 0.5],
    sql: "datediff(day, '1970-01-01'::date, v)",
    refused: 3,
  },
  'time-millis': {
    type: logical('int', 'time-millis'),
    values: [0, 86_399_999, 86_400_000, -1],
    sql: "datediff(millisecond, '00:00:00'::time, v)",
    refused: 2,
  },
  'time-micros': {
    type: logical('long', 'time-micros'),
    values: [0, 86_399_999_999, 86_400_000_000, -1],
    sql: "datediff(microsecond, '00:00:00'::time, v)",
    refused: 2,
  },
  'timestamp-millis': {
    type: logical('long', 'timestamp-millis'),
    values: [
      0,
      -1,
      lastMillis,
      firstMillis,
      lastMillis + 1,
      firstMillis - 1,
      ...times(100, millis),
    ],
    sql: `(${micros})::varchar`,
    expected: (value: number) => String(value * 1_000),
    refused: 2,
  },
  'timestamp-micros': {
    type: logical('long', 'timestamp-micros'),
    values: [0, -1, 1_772_409_600_123_456, -5_000_000_000_000_001, limit],
    sql: `(${micros})::varchar`,
    expected: String,
    refused: 0,
  },
  'timestamp-nanos': {
    type: logical('long', 'timestamp-nanos'),
    // The stand-in keeps microseconds.
    values: [0n, -1_000n, 1_772_409_600_123_456_000n, big],
    sql: `(${micros})::varchar`,
    expected: (value: bigint) => String(value / 1_000n),
    refused: 1,
  },
  nested: {
    type: { type: 'map', values: ['null', 'long', 'double', { type: 'array', items: 'string' }] },
    values: [{}, { a: 0.5, b: ['"', '\\ud800', '🎵', '\n'], c: null }, { long: limit }],
    sql: 'to_json(v)',
    expected: JSON.stringify,
    refused: 0,
  },
  ...Object.fromEntries(
    [
      [4, 2],
      [18, 6],
      [9, 8],
      [60, 10],
    ].map(([precision, scale]) => [`decimal(${precision}, ${scale})`, decimal(precision, scale)]),
  ),
};

/** Decimals of so many digits, so many of them behind the point. Those of more than 18 the stand-in keeps as text only. */
function decimal(precision = 0, scale = 0): Case {
  const whole = '9'.repeat(precision - scale) || '0';
  const edge = `${whole}.${'9'.repeat(scale)}`;
  return {
    type: { type: 'bytes', logicalType: 'decimal', precision, scale },
    values: [edge, `-${edge}`, `0.${'0'.repeat(scale)}`, `1${edge}`, 5],
    sql: 'v::varchar',
    refused: 2,
  };
}

describeWithSnowflake('values in Snowflake', (snowflake) => {
  it.each(Object.entries(cases))(
    'of %s arrive as they are, or are refused by name',
    async (_, { type, values, sql = 'v', expected = (value) => value, refused }) => {
      const warehouse = await openWarehouse(await snowflake().schema());
      try {
        const schema = {
          type: 'record',
          name: 'Row',
          fields: [
            { name: 'id', type: 'int' },
            { name: 'v', type: ['null', type] },
          ],
        } as RecordSchema;
        const task = await warehouse.table('t', schema).open({ job: 'values', partition: 0 });
        const rows = [null, ...values].map((v, id) => ({ id, v }));
        const fitting = rows.filter((row) => {
          const refusal = task.refusal(row as never);
          if (refusal !== undefined) expect(refusal).toMatch(/^v /);
          return refusal === undefined;
        });
        expect(rows.length - fitting.length).toBe(refused);
        const causes = fitting.map(({ id }) => ({ topic: 't', partition: 0, offset: id }));
        const output = { ...emptyOutput, rows: fitting as never[], causes };
        const commit = { epoch: 1, next: {}, topicIds: {}, watermark: 0, pipeline: '' };
        await task.commit({ ...commit, state: undefined }, output);
        const stored = await warehouse.query(`select id, ${sql} as x from t order by id`);
        expect(stored.map((row) => row['X'])).toEqual(
          fitting.map(({ v }) => (v === null ? null : expected(v as never))),
        );
      } finally {
        await warehouse.close();
      }
    },
  );
});
