import { bench, describe } from 'vitest';
import { avroDecoder, avroEncoder } from './avro-codec.ts';
import { defineEvent } from './define-event.ts';
import { memoryRegistry } from './memory-registry.ts';

/*
 * One iteration is 1,000 events of 20 fields, half of them nullable texts. So an event takes as many
 * microseconds as an iteration takes milliseconds.
 */
const text = <const N extends string>(name: N) =>
  ({ name, type: ['null', 'string'], default: null }) as const;
const number = <const N extends string>(name: N) =>
  ({ name, type: ['null', 'long'], default: null }) as const;
const fields = [
  { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
  { name: 'id', type: 'string' },
  ...[text('a'), text('b'), text('c'), text('d'), text('e'), text('f'), text('g'), text('h')],
  ...[number('i'), number('j'), number('k'), number('l'), number('m'), number('n')],
  { name: 'o', type: ['null', 'double'], default: null },
  { name: 'p', type: ['null', 'double'], default: null },
  text('q'),
  text('r'),
] as const;
const Play = defineEvent({ type: 'record', name: 'Play', fields }, { time: 'at', key: 'id' });
const Evolved = defineEvent(
  { type: 'record', name: 'Play', fields: [...fields, text('s')] },
  { time: 'at', key: 'id' },
);

const words = { a: 'one', b: 'two words', c: 'San Francisco', d: 'Beyoncé', e: null, f: 'x' };
const plays = Array.from({ length: 1_000 }, (_, i) => ({
  ...{
    ...words,
    g: 'a longer text, as a user agent may be: '.repeat(3),
    h: null,
    q: 'CA',
    r: '02134',
  },
  ...{ i, j: i * 1e9, k: null, l: 7, m: null, n: -1, o: 12.5 * i, p: -122.4 },
  at: 1_700_000_000_000 + i,
  id: `event-${i}`,
}));

const registry = memoryRegistry();
const encoder = avroEncoder(Play, await registry.register('plays-value', Play.schema));
const records = encoder.encodeAll(plays).map((value) => ({ value }));
const decoder = avroDecoder(Play, registry);
const evolved = avroDecoder(Evolved, registry);
await Promise.all([decoder.prepare(records), evolved.prepare(records)]);

describe('1,000 events of 20 fields', () => {
  bench('encode', () => void encoder.encodeAll(plays));
  bench('decode', () => {
    for (const record of records) decoder.decode(record);
  });
  bench('decode with a newer schema', () => {
    for (const record of records) evolved.decode(record);
  });
});
