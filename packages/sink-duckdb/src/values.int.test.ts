import { CodecError, defineEvent, memoryRegistry, type TableOptions } from '@streamify/core';
import { avroDecoder, avroEncoder } from '@streamify/core/adapter';
import { emptyOutput, seededRandom } from '@streamify/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DuckDBWarehouse, openWarehouse } from './warehouse.ts';

const random = seededRandom(16);
const below = (n: number) => Math.floor(random() * n);
const times = <T>(n: number, make: () => T) => Array.from({ length: n }, make);
const bits = (n: number) =>
  times(n, () => below(2)).reduce((sum, bit) => 2n * sum + BigInt(bit), 0n);
const long = () => BigInt.asIntN(64, bits(1 + below(64)) * (random() < 0.5 ? -1n : 1n));
const safe = () => Number(BigInt.asIntN(54, long()));
const double = () => new Float64Array(BigInt64Array.of(BigInt.asIntN(64, bits(64))).buffer)[0];
const text = () => String.fromCharCode(...times(below(20), () => below(0x10000)));
const digits = (n: number) => times(n, () => String(below(10))).join('');
const uuid = () =>
  [8, 4, 4, 4, 12].map((n) => times(n, () => below(16).toString(16)).join('')).join('-');

/** A type, values of it and of what is none, how the table is asked for them, and what it is to say. */
interface Case {
  readonly type: unknown;
  readonly longs?: 'bigint';
  readonly values: readonly unknown[];
  readonly sql?: string;
  readonly expected?: (value: never) => unknown;
  /** How many of the values are refused. */
  readonly refused: number;
}

const logical = (type: string, logicalType: string) => ({ type, logicalType });
const int = 2 ** 31;
const limit = Number.MAX_SAFE_INTEGER;
const big = 2n ** 63n;
const hex = (value: Uint8Array) => Buffer.from(value).toString('hex').toUpperCase();

const cases: Readonly<Record<string, Case>> = {
  boolean: { type: 'boolean', values: [true, false, 1, 'true'], refused: 2 },
  int: {
    type: 'int',
    values: [0, -0, int - 1, -int, int, -int - 1, 0.5, '1', ...times(200, () => safe() | 0)],
    expected: (value: number) => value | 0,
    refused: 4,
  },
  long: {
    type: 'long',
    values: [0, limit, -limit, limit + 1, 0.5, Number.NaN, 1n, ...times(200, safe)],
    expected: BigInt,
    refused: 4,
  },
  'long as bigint': {
    type: 'long',
    longs: 'bigint',
    values: [0n, big - 1n, -big, big, -big - 1n, 5, ...times(200, long)],
    refused: 3,
  },
  float: {
    type: 'float',
    values: [0.1, -0, 3.4028234663852886e38, 3.5e38, -1e39, Infinity, -Infinity, Number.NaN, 1e-46],
    expected: Math.fround,
    refused: 2,
  },
  double: {
    type: 'double',
    values: [
      0,
      -0,
      5e-324,
      Number.MAX_VALUE,
      Infinity,
      -Infinity,
      Number.NaN,
      '1',
      ...times(200, double),
    ],
    refused: 1,
  },
  string: {
    type: 'string',
    values: ['', '\0', 'a\0b', '\ud800', '🎵'.repeat(5_000), 5, ...times(300, text)],
    expected: (value: string) => value.toWellFormed(),
    refused: 1,
  },
  bytes: {
    type: 'bytes',
    values: [Uint8Array.of(), Buffer.from('abc').subarray(1), 'abc'].concat(
      times(100, () => Uint8Array.from(times(below(40), () => below(256)))) as never[],
    ),
    sql: 'hex(v)',
    expected: hex,
    refused: 1,
  },
  fixed: {
    type: { type: 'fixed', name: 'Mark', size: 2 },
    values: [Uint8Array.of(0, 255), Uint8Array.of(1)],
    sql: 'hex(v)',
    expected: hex,
    refused: 1,
  },
  enum: {
    type: { type: 'enum', name: 'Level', symbols: ['free', 'paid'] },
    values: ['free', 'paid', 'gold'],
    refused: 1,
  },
  uuid: {
    type: logical('string', 'uuid'),
    values: ['00000000-0000-0000-0000-000000000000', 'x', '', ...times(100, uuid)],
    sql: 'v::varchar',
    refused: 2,
  },
  date: {
    type: logical('int', 'date'),
    values: [
      0,
      -1,
      int - 2,
      2 - int,
      int - 1,
      1 - int,
      -int,
      int,
      ...times(200, () => safe() >> 2),
    ],
    sql: "(v - date '1970-01-01')::integer",
    refused: 4,
  },
  'time-millis': {
    type: logical('int', 'time-millis'),
    values: [0, 86_399_999, 86_400_000, -1, ...times(100, () => below(86_400_000))],
    sql: 'epoch_ms(v)::integer',
    refused: 2,
  },
  'time-micros': {
    type: logical('long', 'time-micros'),
    values: [0, 86_399_999_999, 86_400_000_000, -1, ...times(100, () => below(86_400_000_000))],
    sql: '(hour(v) * 3600 + minute(v) * 60) * 1000000 + microsecond(v)',
    expected: BigInt,
    refused: 2,
  },
  'timestamp-millis': {
    type: logical('long', 'timestamp-millis'),
    values: [0, -1, limit, -limit, limit + 1, 1.5, ...times(200, safe)],
    sql: 'epoch_us(v)',
    expected: (value: number) => BigInt(value) * 1000n,
    refused: 2,
  },
  'timestamp-micros': {
    type: logical('long', 'timestamp-micros'),
    values: [0, -1, limit, -limit, limit + 1, 1n, ...times(200, safe)],
    sql: 'epoch_us(v)',
    expected: BigInt,
    refused: 2,
  },
  'timestamp-nanos': {
    type: logical('long', 'timestamp-nanos'),
    longs: 'bigint',
    values: [
      0n,
      big - 2n,
      big - 1n,
      -big,
      1_772_409_600_123_456_789n,
      ...times(200, () => long() / 2n),
    ],
    sql: 'epoch_ns(v)',
    refused: 2,
  },
  'local-timestamp-micros': {
    type: logical('long', 'local-timestamp-micros'),
    values: [0, -1, limit, '1970-01-01'],
    sql: 'epoch_us(v)',
    expected: BigInt,
    refused: 1,
  },
  nested: {
    type: { type: 'map', values: ['null', 'double', { type: 'array', items: 'string' }] },
    values: [
      {},
      JSON.parse('{"__proto__":1,"constructor":null}'),
      { a: 0.1, b: ['"', '\\ud800', '\0', '🎵'], '\\': 1e300 },
      { a: 'text' },
    ],
    sql: 'v::varchar',
    expected: JSON.stringify,
    refused: 1,
  },
  ...Object.fromEntries(
    [1, 4, 5, 9, 10, 18, 19, 38, 39, 60].map((n) => [`decimal(${n})`, decimal(n)]),
  ),
};

/** Decimals of so many digits, some of them behind the point. */
function decimal(precision: number): Case {
  const scale = below(precision + 1);
  const [whole, behind] = ['9'.repeat(precision - scale) || '0', '9'.repeat(scale)];
  const edge = scale === 0 ? whole : `${whole}.${behind}`;
  const one = () => {
    const [front, back] = [digits(below(precision - scale + 1)) || '0', digits(scale)];
    return `${random() < 0.5 ? '-' : ''}${front}${back && `.${back}`}`;
  };
  const unscaled = (value: string) => BigInt(value.replace('.', ''));
  return {
    type: { type: 'bytes', logicalType: 'decimal', precision, scale },
    values: [
      edge,
      `-${edge}`,
      `1${'0'.repeat(precision - scale)}`,
      `0.${'1'.repeat(scale + 1)}`,
      1,
    ].concat(times(100, one) as never[]),
    sql: "replace(v::varchar, '.', '')::varchar",
    expected: (value: string) => String(unscaled(value)),
    refused: 3,
  };
}

let warehouse: DuckDBWarehouse;
beforeAll(async () => {
  warehouse = await openWarehouse({ path: ':memory:' });
});
afterAll(() => warehouse.close());

const firstCommit = {
  epoch: 1,
  next: { t: 1 },
  pipeline: '',
  topicIds: {},
  state: undefined,
  watermark: 0,
};

/** Sends a value through codec and sink; gives back why it is refused, or what the sink is to store. */
async function deliver(
  { type, longs, values, sql = 'v' }: Case,
  table: string,
  options: TableOptions = {},
) {
  const fields = [
    { name: 'n', type: 'int' },
    { name: 'v', type },
  ] as const;
  const schema = { type: 'record', name: 'Row', fields } as const;
  const Row = defineEvent(
    schema as never,
    { time: 'n', key: 'n', ...(longs && { longs }) } as never,
  );
  const registry = memoryRegistry();
  const encoder = avroEncoder(Row, await registry.register('rows-value', schema));
  const decoder = avroDecoder(Row, registry);
  const owner = await warehouse.table(table, schema, options).open({ job: table, partition: 0 });
  const rows: { readonly n: number; readonly v: unknown }[] = [];
  const refusals: string[] = [];
  for (const [n, v] of values.entries()) {
    try {
      const record = { value: encoder.encode({ n, v } as never) };
      await decoder.prepare([record]);
      const row = decoder.decode(record) as (typeof rows)[number];
      const refusal = owner.refusal?.(row as never);
      if (refusal === undefined) rows.push(row);
      else refusals.push(refusal);
    } catch (cause) {
      if (!(cause instanceof CodecError)) throw cause;
      refusals.push(cause.message);
    }
  }
  const causes = rows.map(({ n }) => ({ topic: 't', partition: 0, offset: n }));
  await owner.commit(firstCommit, { ...emptyOutput, rows: rows as never[], causes });
  const stored = await warehouse.query(`select n, ${sql} as v from "${table}" order by n`);
  return { sent: rows, stored, refusals };
}

describe('values of every type, up to their extremes', () => {
  it.each(Object.entries(cases))(
    '%s: arrive as they are, or are refused by name',
    async (name, each) => {
      const { sent, stored, refusals } = await deliver(each, name);
      const expected = each.expected ?? ((value: unknown) => value);
      const shown = sent.map(({ n }) => ({ n, v: expected(each.values[n] as never) }));
      expect(stored.length).toBeGreaterThan(0);
      if (name.startsWith('decimal'))
        expect(stored.map(({ v }) => BigInt(String(v)))).toEqual(
          shown.map(({ v }) => BigInt(String(v))),
        );
      else expect(stored).toEqual(shown);
      expect(refusals, refusals.join('\n')).toHaveLength(each.refused);
      for (const refusal of refusals)
        expect(refusal).toMatch(/(^v is not a |field v[.a-z]* is .+, not )/);
    },
  );

  it.each(Object.entries(cases).filter(([name]) => name !== 'nested'))(
    '%s: arrive within structs, lists and maps, or are refused by name',
    async (name, each) => {
      const { sql = 'v', type, values } = each;
      const again = (type as { readonly name?: string }).name ?? type;
      const fields = [
        { name: 'inA', type },
        { name: 'l', type: { type: 'array', items: again } },
        { name: 'm', type: { type: 'map', values: ['null', again] } },
      ];
      const nested = {
        ...each,
        type: { type: 'record', name: 'Nest', fields },
        // Lists of different lengths, so that none begins where another would.
        values: values.map((v, n) => ({
          inA: v,
          l: Array(1 + (n % 3)).fill(v),
          m: { none: null, 'the key': v },
        })),
      };
      const expected = each.expected ?? ((value: unknown) => value);
      for (const [i, part] of ['v.in_a', 'v.l[-1]', "v.m['the key']"].entries()) {
        const table = `${name} in ${i}`;
        const asked = { ...nested, sql: sql.replaceAll(/\bv\b/g, () => part) };
        const { sent, stored, refusals } = await deliver(asked, table, { nested: 'struct' });
        const shown = sent.map(({ n }) => ({ n, v: expected(values[n] as never) }));
        expect(stored.length).toBeGreaterThan(0);
        expect(stored.map(({ n, v }) => ({ n, v: comparable(v) }))).toEqual(
          shown.map(({ n, v }) => ({ n, v: comparable(v) })),
        );
        expect(refusals).toHaveLength(each.refused);
        for (const refusal of refusals) expect(refusal).toMatch(/v\.inA/);
      }
    },
  );
});

/** Decimals of few digits come as numbers, others as texts. */
const comparable = (value: unknown) =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : value;

describe('nested columns', () => {
  const schema = {
    type: 'record',
    name: 'Basket',
    fields: [
      { name: 'n', type: 'int' },
      {
        name: 'v',
        type: [
          'null',
          {
            type: 'record',
            name: 'Box',
            fields: [
              { name: 'orderBy', type: ['null', { type: 'array', items: ['null', 'string'] }] },
              { name: 'grid', type: { type: 'array', items: { type: 'array', items: 'int' } } },
              { name: 'any', type: ['null', 'int', 'string'] },
              { name: 'inner', type: ['null', 'Box'] },
            ],
          },
        ],
      },
    ],
  } as const;

  it('have nulls, nothing in them, and more in them than there are rows', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => (i % 7 === 0 ? null : `text number ${i}`));
    const box = { orderBy: null, grid: [], any: null, inner: null };
    const values = [
      null,
      box,
      { ...box, orderBy: [], grid: [[]] },
      { ...box, orderBy: many, grid: [[1, 2], [], Array.from({ length: 3_000 }, (_, i) => i)] },
      { ...box, any: 'x', inner: box },
      null,
      { ...box, orderBy: ['last'], grid: [[3]], any: 5 },
    ];
    const sink = warehouse.table('baskets', schema, { nested: 'struct' });
    const owner = await sink.open({ job: 'baskets', partition: 0 });
    const rows = values.map((v, n) => ({ n, v }));
    for (const row of rows) expect(owner.refusal?.(row as never)).toBeUndefined();
    const causes = rows.map(({ n }) => ({ topic: 't', partition: 0, offset: n }));
    await owner.commit(firstCommit, { ...emptyOutput, rows: rows as never[], causes });
    const stored = await warehouse.query(
      'select n, v.order_by as o, v.grid, v.any, v.inner from baskets order by n',
    );
    const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
    expect(stored).toEqual(
      values.map((v, n) => ({
        n,
        o: v?.orderBy ?? null,
        grid: v?.grid ?? null,
        any: json(v?.any ?? null),
        inner: json(v?.inner ?? null),
      })),
    );
  });

  it('are the same table when it is opened again, and another where its types are', async () => {
    const open = (asked: object, options: TableOptions) =>
      warehouse
        .table('baskets', asked as typeof schema, options)
        .open({ job: 'again', partition: 0 });
    await open(schema, { nested: 'struct' });
    await expect(open(schema, {})).rejects.toThrow(
      /table baskets has column v of type struct\(.*, and its schema gives json/,
    );
    const longer = JSON.parse(JSON.stringify(schema).replace('"items":"int"', '"items":"long"'));
    await expect(open(longer, { nested: 'struct' })).rejects.toThrow(/grid bigint\[\]\[\]/);
  });

  it.each([
    [{ grid: [[1, 'x']] }, 'v.grid.0.1 is not a int: "x"'],
    [{ grid: { 0: [] } }, 'v.grid is not a list: [object Object]; it takes an array'],
    [{ orderBy: [5] }, 'v.orderBy.0 is not a string: 5'],
    [{}, 'v.grid is undefined, which the table does not allow'],
  ])('refuse %j by the path of what does not fit', async (v, why) => {
    const sink = warehouse.table('baskets', schema, { nested: 'struct' });
    const owner = await sink.open({ job: 'misfits', partition: 0 });
    expect(owner.refusal?.({ n: 1, v } as never)).toContain(why);
  });
});
