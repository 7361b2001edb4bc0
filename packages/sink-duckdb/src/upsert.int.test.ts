import { OptionError, type RecordSchema, type TableSink } from '@streamify/core';
import { emptyOutput, seededRandom } from '@streamify/core/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DuckDBWarehouse, openWarehouse } from './warehouse.ts';

const nullable = (type: unknown) => ['null', type];
const record = { type: 'record', name: 'Inner', fields: [{ name: 'a', type: nullable('double') }] };

/** Types of keys, and values that a table may hold equal though they differ, or the other way round. */
const keys: Readonly<Record<string, readonly [type: unknown, values: readonly unknown[]]>> = {
  double: ['double', [Number.NaN, null, Infinity, -Infinity, 0, -0, 0.1, Math.fround(0.1), 5e-324]],
  float: ['float', [Number.NaN, null, Infinity, 0, -0, 0.1, Math.fround(0.1), 1e-46, 16_777_217]],
  string: [
    'string',
    ['\ud800', '\ud801', '\udc00', '\ufffd', 'é', 'e\u0301', '', ' ', null, 'a', 'A', 'a\0', '\0'],
  ],
  bytes: [
    'bytes',
    [Buffer.from('ab'), Uint8Array.of(97, 98), Buffer.from('xab').subarray(1), Buffer.of(), null],
  ],
  long: ['long', [0, -0, 2 ** 53 - 1, BigInt(2 ** 53 - 1), 2n ** 53n, 5n, 5, null]],
  decimal: [
    { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 },
    ['1.5', '1.50', '01.5', '-0', '0.00', '-1.5', null],
  ],
  uuid: [
    { type: 'string', logicalType: 'uuid' },
    ['AAAAAAAA-0000-0000-0000-00000000000f', 'aaaaaaaa-0000-0000-0000-00000000000F', null],
  ],
  boolean: ['boolean', [true, false, null]],
  record: [
    record,
    [{ a: 1 }, { a: -0 }, { a: 0 }, { a: Number.NaN }, { a: 'NaN' }, { a: null }, {}, null],
  ],
};

interface Row {
  readonly k: unknown;
  readonly l: unknown;
  readonly n: number;
}

const schemaOf = (k: unknown, l: unknown): RecordSchema => ({
  type: 'record',
  name: 'Row',
  fields: [
    { name: 'k', type: nullable(k) },
    { name: 'l', type: nullable(l) },
    { name: 'n', type: 'int' },
  ],
});

let warehouse: DuckDBWarehouse;
let tables = 0;
beforeAll(async () => {
  warehouse = await openWarehouse({ path: ':memory:' });
});
afterAll(() => warehouse.close());

/** Delivers rows in epochs that end where it is said, and reads what the table has then. */
async function delivered(
  schema: RecordSchema,
  rows: readonly Row[],
  ends: readonly number[],
  nested: 'json' | 'struct' = 'json',
) {
  const name = `t${tables++}`;
  const task = { job: name, partition: 0 };
  const sink = warehouse.table(name, schema, { upsert: ['k', 'l'], nested });
  const owner = await sink.open(task);
  const cuts = [0, ...ends, rows.length];
  for (let epoch = 1; epoch < cuts.length; epoch++) {
    const [from, to] = [cuts[epoch - 1] as number, cuts[epoch] as number];
    const causes = rows.slice(from, to).map(({ n }) => ({ topic: 't', partition: 0, offset: n }));
    const output = { ...emptyOutput, rows: rows.slice(from, to) as never[], causes };
    const commit = {
      epoch,
      next: { t: to },
      pipeline: '',
      topicIds: {},
      state: undefined,
      watermark: 0,
    };
    await owner.commit(commit, output);
  }
  return await warehouse.query(
    `select k::varchar as k, l::varchar as l, n, _offset from ${name} order by n`,
  );
}

const everyRow = (rows: readonly Row[]) => rows.slice(1).map((_, i) => i + 1);

describe('upsert by any key', () => {
  it.each(Object.entries(keys))(
    'of type %s gives the same in one epoch as in many',
    async (_, key) => {
      const [type, values] = key;
      const rows = [...values, ...values].map((k, n) => ({ k, l: null, n }));
      const schema = schemaOf(type, 'int');
      const one = await delivered(schema, rows, []);
      expect(one.length).toBeGreaterThan(1);
      expect(await delivered(schema, rows, everyRow(rows))).toEqual(one);
    },
  );

  it('of a nested type gives the same in one epoch as in many', async () => {
    const schema = schemaOf(record, { type: 'map', values: { type: 'array', items: 'double' } });
    const ks = [{ a: 1 }, { a: -0 }, { a: 0 }, { a: Number.NaN }, { a: null }, null];
    const ls = [{ x: [0] }, { x: [-0] }, {}, null, { x: [Number.NaN], y: [] }];
    const rows = ks.flatMap((k) => ls.map((l) => ({ k, l })));
    const twice = [...rows, ...rows].map((row, n) => ({ ...row, n }));
    const one = await delivered(schema, twice, [], 'struct');
    expect(one.length).toBeGreaterThan(15);
    expect(await delivered(schema, twice, everyRow(twice), 'struct')).toEqual(one);
  });

  it('is refused to two outputs at once, of whose rows none is known to be the later', async () => {
    const schema = schemaOf('long', 'int');
    const [into, late] = ['songs', 'Songs'].map((name) =>
      warehouse.table(name, schema, { upsert: ['k'] }),
    ) as [TableSink<RecordSchema>, TableSink<RecordSchema>];
    const opened = into.open({ job: 'songs', partition: 0 }, new Map([['late', late]]) as never);
    await expect(opened).rejects.toThrow(
      new OptionError(
        'output late and another write to table Songs by key, and which of their rows is the later one would depend on where epochs end: give it a table of its own',
      ),
    );
  });

  it('gives the same wherever epochs end, with keys of two columns', async () => {
    const random = seededRandom(32);
    const kinds = Object.values(keys);
    const one = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
    for (let round = 0; round < 25; round++) {
      const [[k, ks], [l, ls]] = [one(kinds), one(kinds)];
      // The same named type may be defined but once.
      if (k === l) continue;
      const rows = Array.from({ length: 30 }, (_, n): Row => ({ k: one(ks), l: one(ls), n }));
      const ends = everyRow(rows).filter(() => random() < 0.2);
      const all = await delivered(schemaOf(k, l), rows, []);
      expect(await delivered(schemaOf(k, l), rows, ends), `round ${round}`).toEqual(all);
    }
  });
});
