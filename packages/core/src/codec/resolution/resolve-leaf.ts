import { isUtf8 } from 'node:buffer';
import type { AvroReader, AvroTap } from '../avro-tap.ts';
import { uuidText } from '../uuid-type.ts';
import type { LeafNode } from './avro-node.ts';
import { takeBytes } from './bounded-read.ts';
import { tickRatio } from './logical-type.ts';
import { matchOf } from './matching.ts';
import { readingDecimal } from './read-decimal.ts';
import { readDoubleOf, readInt, readTicks } from './read-number.ts';

/** Reads a type without parts as another; `undefined` where that would give another meaning. */
export function resolveLeaf(
  writer: LeafNode,
  reader: LeafNode,
  place: string,
): AvroReader | undefined {
  const { logical: from } = writer;
  const { logical: to } = reader;
  if (from?.name === 'decimal' || to?.name === 'decimal' || from?.name === 'big-decimal')
    return decimalOf(writer, reader, place);
  if (to?.name === 'uuid') return uuidOf(writer, place);
  if (from && to && from.name !== to.name) {
    const ratio = tickRatio(from, to);
    return ratio === undefined ? undefined : readTicks(ratio, `${place} in ${to.name}`);
  }
  if (matchOf(writer, reader) !== 'promoted') return undefined;
  return promoted[`${writer.kind} as ${reader.kind}`]?.(place);
}

/** How each promotion of the specification is read. */
const promoted: Readonly<Record<string, (place: string) => AvroReader>> = {
  'int as long': () => ({ _read: readInt }),
  'int as float': () => ({ _read: (tap) => Math.fround(readInt(tap)) }),
  'int as double': () => ({ _read: readInt }),
  'long as float': () => ({ _read: (tap) => Math.fround(readDoubleOf(tap)) }),
  'long as double': () => ({ _read: readDoubleOf }),
  'float as double': () => ({ _read: (tap) => takeBytes(tap, 4).readFloatLE() }),
  'string as bytes': () => ({ _read: (tap) => new Uint8Array(takeBytes(tap, tap.readLong())) }),
  'bytes as string': (place) => ({ _read: (tap) => textOf(tap, place) }),
};

function textOf(tap: AvroTap, place: string): string {
  const bytes = takeBytes(tap, tap.readLong());
  if (isUtf8(bytes)) return bytes.toString();
  throw new Error(
    `${place} was written as bytes, and these are no text in UTF-8: declare it as bytes`,
  );
}

function decimalOf(writer: LeafNode, reader: LeafNode, place: string): AvroReader | undefined {
  const { logical: from } = writer;
  const { logical: to } = reader;
  if (to?.name !== 'decimal' || (from && from.name !== 'decimal')) return undefined;
  if (from && !from.valid) return undefined;
  const isPlain = writer.kind === 'bytes' && reader.kind === 'bytes';
  if (!from && !isPlain) return undefined;
  return readingDecimal(takingBytes(writer), from ?? to, to, place);
}

const takingBytes = (writer: LeafNode) =>
  writer.kind === 'fixed'
    ? (tap: AvroTap) => takeBytes(tap, writer.size)
    : (tap: AvroTap) => takeBytes(tap, tap.readLong());

function uuidOf(writer: LeafNode, place: string): AvroReader | undefined {
  const { logical, kind } = writer;
  if (kind === 'fixed' && writer.size === 16 && (!logical || logical.name === 'uuid'))
    return { _read: (tap) => uuidText(takeBytes(tap, 16)) };
  if (kind === 'string') return { _read: (tap) => tap.readString() };
  return kind === 'bytes' ? { _read: (tap) => textOf(tap, place) } : undefined;
}
