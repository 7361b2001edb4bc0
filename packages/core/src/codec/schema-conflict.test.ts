import { describe, expect, it } from 'vitest';
import type { AvroField } from '../contract/infer-avro.ts';
import { schemaConflict } from './schema-conflict.ts';

const record = (...fields: readonly AvroField[]) =>
  ({ type: 'record', name: 'Play', fields }) as const;
const x = (type: unknown, rest: object = {}) => record({ name: 'x', type, ...rest });
const level = (...symbols: string[]) => ({ type: 'enum', name: 'Level', symbols });
const money = (scale: number) => ({ type: 'bytes', logicalType: 'decimal', precision: 9, scale });
const fixed = (size: number) => ({ type: 'fixed', name: 'F', size });
const list = { type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] };

describe('schemaConflict', () => {
  const fine: [string, ReturnType<typeof record>, ReturnType<typeof record>][] = [
    ['a field that has gone', record(), x('int')],
    ['a new field with a default', x(['null', 'string'], { default: null }), record()],
    ['a wider number', x('double'), x('long')],
    ['bytes of a text', x('bytes'), x('string')],
    ['a union with a branch more', x(['null', 'string', 'int']), x(['null', 'string'])],
    ['what was required and may be null', x(['null', 'string']), x('string')],
    ['an enum with a symbol more', x(level('a', 'b')), x(level('a'))],
    ['an enum with a default', x({ ...level('a'), default: 'a' }), x(level('a', 'b'))],
    ['a field under an alias', x('int'), record({ name: 'y', type: 'int' })],
    ['a logical type for none', x({ type: 'long', logicalType: 'timestamp-millis' }), x('long')],
    ['a record that holds itself', x(list), x(list)],
    ['another namespace', { ...x('int'), namespace: 'a' } as never, x('int')],
  ];
  it.each(fine)('takes %s', (what, reader, writer) => {
    const [field] = reader.fields;
    const named = what.includes('alias') && { fields: [{ ...field, aliases: ['y'] }] };
    expect(schemaConflict({ ...reader, ...named } as never, writer)).toBeUndefined();
  });

  const conflicts: [ReturnType<typeof record>, ReturnType<typeof record>, string][] = [
    [x(['null', 'string']), record(), 'field x is new, and has no default: give it default: null'],
    [x('string'), record(), 'field x is new, and has no default: give it a default'],
    [x('int'), x('string'), 'field x was string, and is int: keep its type, or add another field'],
    [x('int'), x('long'), 'field x was long, and is int: keep its type, or add another field'],
    [
      x('string'),
      x(['null', 'string']),
      'field x could be null, and no longer can: let it be null, as before',
    ],
    [
      x(['null', 'string']),
      x(['null', 'string', 'int']),
      'field x could be int, and no longer can: put int back into its union',
    ],
    [
      x(level('a')),
      x(level('a', 'b')),
      'field x no longer has the symbol b: put it back, or give the enum a default',
    ],
    [
      x({ type: 'array', items: 'int' }),
      x({ type: 'array', items: 'string' }),
      'field x[] was string, and is int: keep its type, or add another field',
    ],
    [
      x({ type: 'map', values: { ...x('int'), name: 'Inner' } }),
      x({ type: 'map', values: { ...x('string'), name: 'Inner' } }),
      'field x{}.x was string, and is int: keep its type, or add another field',
    ],
    [
      x(money(3)),
      x(money(2)),
      'field x was bytes (decimal scale 2), and is bytes (decimal scale 3): keep its type, or add another field',
    ],
    [
      x(fixed(4)),
      x(fixed(8)),
      'field x was fixed (size 8), and is fixed (size 4): keep its type, or add another field',
    ],
    [
      x({ type: 'long', logicalType: 'timestamp-millis' }),
      x({ type: 'long', logicalType: 'timestamp-micros' }),
      'field x was long (timestamp-micros), and is long (timestamp-millis): keep its type, or add another field',
    ],
    [
      x(['null', { ...x('int'), name: 'Inner' }]),
      x(['null', { ...x('string'), name: 'Inner' }]),
      'field x could be record, and no longer can: put record back into its union',
    ],
    [
      { ...x('int'), name: 'Listen' } as never,
      x('int'),
      'the record was Play, and is Listen: keep the name, or give the old one as an alias',
    ],
  ];
  it.each(conflicts)('%j after %j', (reader, writer, message) => {
    expect(schemaConflict(reader, writer)).toBe(message);
  });
});
