import { defineEvent, type EventValue } from '@streamify/core';

/** An event with something of each kind that Avro has. */
export const Sale = defineEvent(
  {
    type: 'record',
    name: 'Sale',
    namespace: 'streamify.interop',
    doc: 'Something of each kind that Avro has.',
    fields: [
      { name: 'id', type: 'int' },
      { name: 'shop', type: 'string', doc: 'The key.' },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'expires', type: ['null', { type: 'long', logicalType: 'timestamp-millis' }] },
      { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 4 } },
      { name: 'receipt', type: 'bytes' },
      { name: 'checksum', type: { type: 'fixed', name: 'Checksum', size: 4 } },
      { name: 'views', type: 'long' },
      { name: 'weight', type: 'double' },
      { name: 'isGift', type: 'boolean' },
      { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['BOOK', 'RECORD'] } },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'stock', type: { type: 'map', values: 'long' } },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'voucher', type: ['null', 'long', 'string'], default: null },
      {
        name: 'buyer',
        type: {
          type: 'record',
          name: 'Buyer',
          fields: [
            { name: 'name', type: 'string' },
            {
              name: 'address',
              type: [
                'null',
                { type: 'record', name: 'Address', fields: [{ name: 'city', type: 'string' }] },
              ],
              default: null,
            },
          ],
        },
      },
    ],
  },
  { time: 'at', key: 'shop' },
);
export type Sale = EventValue<typeof Sale>;

const shops = ['plain', 'Łódź', 'café ☕', '東京', '𝄞 clef', 'a', 'ab', 'abc', 'x'.repeat(300)];
const at = <T>(values: readonly T[], i: number): T => values[i % values.length] as T;

/** Sales that take each branch and edge of the schema's types in turn. */
export const sales: readonly Sale[] = Array.from({ length: 90 }, (_, id) => ({
  id,
  shop: `${at(shops, id)}${Math.floor(id / shops.length)}`,
  at: 1_700_000_000_123 + id,
  expires: at([null, 0, -1, 253_402_300_799_999], id),
  price: at(['12.5000', '-0.0001', '0.0000', '9999999999999999.9999', '-128.0000'], id),
  receipt: at([new Uint8Array(), Uint8Array.of(0, 255, 128), Buffer.from('ÿ€')], id),
  checksum: Uint8Array.of(id, 0, 255, 1),
  views: at([0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER], id),
  weight: at([0.1, -1e300, 5e-324], id),
  isGift: id % 2 === 0,
  kind: at(['BOOK', 'RECORD'] as const, id),
  tags: at([[], ['neu', 'größer'], ['']], id),
  stock: at([{}, { Köln: 3, here: -1 }] as Readonly<Record<string, number>>[], id),
  note: at([null, '', 'naïve 😀'], id),
  voucher: at([null, 7, 'SPRING'], id),
  buyer: { name: at(['Ann', 'Željko'], id), address: at([null, { city: 'Bogotá' }], id) },
}));

/** Sales, or what was read of them, in the order of their ids. */
export const byId = <T extends { readonly id: number }>(values: readonly T[]) =>
  [...values].sort((a, b) => a.id - b.id);
