import { describe, expect, it } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { misfitOf } from './column-misfit.ts';
import { tableColumns } from './table-columns.ts';

const schemaOf = (
  types: Readonly<Record<string, unknown>>,
  rest: Partial<RecordSchema> = {},
): RecordSchema => ({
  type: 'record',
  name: 'Row',
  ...rest,
  fields: Object.entries(types).map(([name, type]) => ({ name, type })),
});
const kindsOf = (schema: RecordSchema) =>
  tableColumns(schema).map(({ field: _, name: __, nullable: ___, ...kind }) => kind);
const columnOf = (type: unknown) => tableColumns(schemaOf({ x: type }));

describe('tableColumns', () => {
  it.each(['_topic', '_partition', '_offset', '_ingested_at', '_Offset', '_ingestedAt'])(
    'refuses a field called %s, whose column tables have of their own',
    (field) => {
      expect(() => tableColumns(schemaOf({ [field]: 'long' }))).toThrow(OptionError);
      expect(() => tableColumns(schemaOf({ [field]: 'long' }))).toThrow(
        `field ${field} of Row gives the column ${field === '_ingestedAt' ? '_ingested_at' : field.toLowerCase()}, which tables have of their own (_topic, _partition, _offset, _ingested_at): call the field something else`,
      );
    },
  );

  it('gives a named type the same column wherever it is referred to', () => {
    const level = { type: 'enum', name: 'Level', symbols: ['free', 'paid'] };
    const mark = { type: 'fixed', name: 'Mark', size: 2 };
    const price = { ...mark, name: 'Price', logicalType: 'decimal', precision: 4, scale: 1 };
    const inner = { type: 'record', name: 'Inner', fields: [{ name: 'a', type: mark }] };
    const types = { a: level, b: ['null', 'Level'], c: inner, d: 'Mark', e: 'Inner' };
    const decimals = { f: { type: 'array', items: price }, g: 'Price', h: { type: 'Price' } };
    const decimal = { type: 'decimal', precision: 4, scale: 1 };
    const kinds = [
      { type: 'string' },
      { type: 'string' },
      { type: 'json' },
      { type: 'bytes' },
      { type: 'json' },
      { type: 'json' },
      decimal,
      decimal,
    ];
    expect(kindsOf(schemaOf({ ...types, ...decimals }))).toEqual(kinds);
    expect(kindsOf(schemaOf({ ...types, ...decimals }, { namespace: 'com.acme' }))).toEqual(kinds);
  });

  it('finds a named type by its full name, in the namespace around it', () => {
    const inner = { type: 'enum', name: 'Level', namespace: 'com.other', symbols: ['free'] };
    const schema = schemaOf(
      { a: inner, b: 'com.other.Level', c: { ...inner, name: 'org.x.Level' }, d: 'org.x.Level' },
      { namespace: 'com.acme' },
    );
    expect(kindsOf(schema)).toEqual(Array.from({ length: 4 }, () => ({ type: 'string' })));
  });

  it.each([
    [{ type: 'bytes', logicalType: 'decimal', precision: 4, scale: 5 }, 'bytes'],
    [{ type: 'bytes', logicalType: 'decimal' }, 'bytes'],
    [{ type: 'string', logicalType: 'decimal', precision: 4 }, 'string'],
    [{ type: 'string', logicalType: 'date' }, 'string'],
    [{ type: 'int', logicalType: 'timestamp-millis' }, 'int'],
    [{ type: 'fixed', name: 'F', size: 12, logicalType: 'duration' }, 'bytes'],
    [{ type: 'fixed', name: 'F', size: 15, logicalType: 'uuid' }, 'bytes'],
    [{ type: 'long', logicalType: 'nobody' }, 'long'],
  ])('ignores a logical type that is not valid where it stands: %j', (type, column) => {
    expect(kindsOf(schemaOf({ x: type }))).toEqual([{ type: column }]);
  });
});

describe('misfitOf', () => {
  const price = { type: 'bytes', logicalType: 'decimal', precision: 6, scale: 2 };
  it.each([
    [price, '0.125', 'decimal(6, 2): "0.125"; it takes 2 digits behind the point, not 3'],
    [price, '10000', 'decimal(6, 2): "10000"; it takes values from -9999.99 to 9999.99'],
    [price, 12, 'decimal(6, 2): 12; it takes a text such as 9999.99'],
    ['float', 1e39, 'float: 1e+39; it takes numbers up to 3.4028234663852886e+38'],
    ['long', 2 ** 53, 'long: 9007199254740992; it takes whole numbers up to 9007199254740991'],
    ['long', 2n ** 63n, 'long: 9223372036854775808; it takes whole numbers up to'],
    [{ type: 'string', logicalType: 'uuid' }, 'x', 'uuid: "x"; it takes a text of 32'],
    [{ type: 'int', logicalType: 'date' }, 2 ** 31 - 1, 'date: 2147483647; it takes days since'],
    [{ type: 'int', logicalType: 'time-millis' }, 86_400_000, 'time-millis: 86400000; it takes'],
    [{ type: 'long', logicalType: 'time-micros' }, -1, 'time-micros: -1; it takes microseconds'],
  ])('says of %j what it takes instead of %s', (type, value, message) => {
    expect(misfitOf(columnOf(type), { x: value })).toMatch(`x is not a ${message}`);
  });
});
