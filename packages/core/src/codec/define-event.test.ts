import { describe, expect, expectTypeOf, it } from 'vitest';
import { OptionError, SchemaError } from '../contract/errors.ts';
import type { EventValue } from '../contract/event-type.ts';
import { defineEvent } from './define-event.ts';

const timestamp = { type: 'long', logicalType: 'timestamp-millis' } as const;

const Play = defineEvent(
  {
    type: 'record',
    name: 'Play',
    fields: [
      { name: 'at', type: timestamp },
      { name: 'endedAt', type: ['null', timestamp], default: null },
      { name: 'listener', type: ['null', 'long'], default: null },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 } },
      { name: 'cover', type: 'bytes' },
      { name: 'level', type: { type: 'enum', name: 'Level', symbols: ['free', 'paid'] } },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'counts', type: { type: 'map', values: 'int' } },
      {
        name: 'song',
        type: {
          type: 'record',
          name: 'Song',
          fields: [
            { name: 'title', type: 'string' },
            { name: 'before', type: ['null', 'Song'], default: null },
          ],
        },
      },
    ],
  },
  { time: 'at', key: 'listener' },
);
type Play = EventValue<typeof Play>;

const at = (fields: readonly { readonly name: string; readonly type: unknown }[]) => ({
  type: 'record' as const,
  name: 'Bad',
  fields,
});

describe('defineEvent', () => {
  it('infers the type of a value from the schema', () => {
    expectTypeOf<Play['at']>().toEqualTypeOf<number>();
    expectTypeOf<Play['endedAt']>().toEqualTypeOf<number | null>();
    expectTypeOf<Play['price']>().toEqualTypeOf<string>();
    expectTypeOf<Play['cover']>().toEqualTypeOf<Uint8Array>();
    expectTypeOf<Play['level']>().toEqualTypeOf<'free' | 'paid'>();
    expectTypeOf<Play['tags']>().toEqualTypeOf<readonly string[]>();
    expectTypeOf<Play['counts']>().toEqualTypeOf<{ readonly [key: string]: number }>();
    expectTypeOf<Play['song']['title']>().toEqualTypeOf<string>();
    expectTypeOf<NonNullable<Play['song']['before']>['title']>().toEqualTypeOf<string>();
  });

  it('reads time and key from a value', () => {
    const play = { at: 7, listener: 12 } as Play;
    expect([Play.timeOf(play), Play.keyOf(play)]).toEqual([7, '12']);
  });

  it('gives NaN for a missing time and an empty key for a missing key', () => {
    const Visit = defineEvent(
      {
        type: 'record',
        name: 'Visit',
        fields: [
          { name: 'at', type: ['null', timestamp] },
          { name: 'who', type: ['null', 'string'] },
        ],
      },
      { time: 'at', key: 'who' },
    );
    expect(Visit.timeOf({ at: null, who: null })).toBeNaN();
    expect(Visit.keyOf({ at: null, who: null })).toBe('');
  });

  it('refuses a time or key that is no field', () => {
    const schema = { type: 'record', name: 'A', fields: [{ name: 'at', type: 'long' }] } as const;
    // @ts-expect-error `when` is no field
    expect(() => defineEvent(schema, { time: 'when', key: 'at' })).toThrow(
      new OptionError('time of event A names no field: when'),
    );
  });

  it('refuses a key that is no single value', () => {
    const schema = {
      type: 'record',
      name: 'A',
      fields: [
        { name: 'at', type: 'long' },
        { name: 'tags', type: { type: 'array', items: 'string' } },
      ],
    } as const;
    // @ts-expect-error a list is no key
    defineEvent(schema, { time: 'at', key: 'tags' });
  });

  it('refuses a schema that is not valid Avro', () => {
    const schema = at([
      { name: 'at', type: 'long' },
      { name: 'x', type: 'strnig' },
    ]);
    expect(() => defineEvent(schema, { time: 'at', key: 'at' } as never)).toThrow(SchemaError);
  });
});

describe('a union whose branches no value tells apart', () => {
  const options = { time: 'at', key: 'at' } as const;
  const time = { name: 'at', type: 'long' } as const;
  const record = (name: string) =>
    ({ type: 'record', name, fields: [{ name: 'id', type: 'long' }] }) as const;

  it('does not compile, nor run, with two numbers', () => {
    expect(() =>
      defineEvent(
        // @ts-expect-error x: a union has two branches that are numbers
        { type: 'record', name: 'A', fields: [time, { name: 'x', type: ['int', 'long'] }] },
        options,
      ),
    ).toThrow(/ambiguous/);
  });

  it('does not compile, nor run, with two records', () => {
    const x = { name: 'x', type: ['null', record('B'), record('C')] } as const;
    expect(() =>
      // @ts-expect-error x: a union has two branches that are objects
      defineEvent({ type: 'record', name: 'A', fields: [time, x] }, options),
    ).toThrow(/ambiguous/);
  });

  it('does not compile with a string beside a decimal, which is one too', () => {
    const decimal = { type: 'bytes', logicalType: 'decimal', precision: 4 } as const;
    const x = { name: 'x', type: ['string', decimal] } as const;
    // @ts-expect-error x: a union has two branches that are strings
    defineEvent({ type: 'record', name: 'A', fields: [time, x] }, options);
  });

  it('does not compile inside arrays, maps, records and references by name', () => {
    const inArray = { name: 'x', type: { type: 'array', items: ['float', 'double'] } } as const;
    const inMap = { name: 'x', type: { type: 'map', values: ['float', 'int'] } } as const;
    const inner = {
      type: 'record',
      name: 'B',
      fields: [{ name: 'y', type: ['int', 'long'] }],
    } as const;
    const level = {
      name: 'l',
      type: { type: 'enum', name: 'Level', symbols: ['a', 'b'] },
    } as const;
    const named = { name: 'x', type: ['Level', 'string'] } as const;
    const define = (run: () => unknown) => expect(run).toThrow(/ambiguous/);
    // @ts-expect-error in an array
    define(() => defineEvent({ type: 'record', name: 'A', fields: [time, inArray] }, options));
    // @ts-expect-error in a map
    define(() => defineEvent({ type: 'record', name: 'A', fields: [time, inMap] }, options));
    const nested = { name: 'x', type: inner } as const;
    // @ts-expect-error in a record
    define(() => defineEvent({ type: 'record', name: 'A', fields: [time, nested] }, options));
    // @ts-expect-error by name
    define(() => defineEvent({ type: 'record', name: 'A', fields: [time, level, named] }, options));
  });

  it('compiles with one branch of each kind', () => {
    const x = {
      name: 'x',
      type: ['null', 'boolean', 'long', 'string', { type: 'array', items: 'long' }, record('B')],
    } as const;
    const A = defineEvent({ type: 'record', name: 'A', fields: [time, x] }, options);
    expectTypeOf<EventValue<typeof A>['x']>().toEqualTypeOf<
      null | boolean | number | string | readonly number[] | { readonly id: number }
    >();
  });
});
