import { expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, varintSize, varlongSize } from './byte-writer.ts';

it('reads back integers of any length as they were written', () => {
  const values = [
    0,
    1,
    -1,
    63,
    -64,
    64,
    -65,
    8_191,
    -8_192,
    8_192,
    1_048_575,
    2 ** 31 - 1,
    -(2 ** 31),
  ];
  const writer = new ByteWriter(1);
  for (const value of values) {
    const before = writer.at;
    writer.varint(value);
    expect(writer.at - before, `size of ${value}`).toBe(varintSize(value));
  }
  const reader = new ByteReader(writer.written);
  expect(values.map(() => reader.varint())).toEqual(values);
  const again = new ByteReader(writer.written);
  expect(values.map(() => again.varlong())).toEqual(values);
});

it('reads back times of any distance as they were written', () => {
  const values = [0, -1, 2 ** 31, -(2 ** 31) - 1, 1_700_000_000_000, -1_700_000_000_000, 2 ** 51];
  const writer = new ByteWriter(1);
  for (const value of values) {
    const before = writer.at;
    writer.varlong(value);
    expect(writer.at - before, `size of ${value}`).toBe(varlongSize(value));
  }
  const reader = new ByteReader(writer.written);
  expect(values.map(() => reader.varlong())).toEqual(values);
});

it('reads back fixed fields, texts and what it did not know', () => {
  const writer = new ByteWriter(1);
  writer.int8(-3);
  writer.int16(-300);
  writer.int32(-70_000);
  writer.int64(2 ** 53 - 1);
  writer.int64('-9223372036854775808');
  writer.string('Beyoncé');
  writer.string(null);
  writer.text('plain', 5);
  const reader = new ByteReader(writer.written);
  expect([reader.int8(), reader.int16(), reader.int32(), reader.int64(), reader.id()]).toEqual([
    -3,
    -300,
    -70_000,
    2 ** 53 - 1,
    '-9223372036854775808',
  ]);
  expect(reader.string()).toBe('Beyoncé');
  expect(reader.int16()).toBe(-1);
  expect(reader.bytes(5).toString()).toBe('plain');
});
