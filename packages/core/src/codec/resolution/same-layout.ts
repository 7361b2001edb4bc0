import type { AvroNode, RecordNode } from './avro-node.ts';
import { logicalOf, matchOf } from './matching.ts';

/**
 * Whether all bytes of one type are bytes of the other, with the same meaning: then they are read as
 * if there were no second schema.
 */
export function haveSameLayout(writer: AvroNode, reader: AvroNode): boolean {
  return same(writer, reader, new Map());
}

/** Which pairs were met already: what holds for all others holds for them. */
type Seen = Map<AvroNode, Set<AvroNode>>;

function same(writer: AvroNode, reader: AvroNode, seen: Seen): boolean {
  if (writer.kind === 'union' && reader.kind === 'union')
    return eachSame(writer.branches, reader.branches, seen);
  if (writer.kind !== reader.kind || !matchOf(writer, reader)) return false;
  if (writer.kind === 'enum' && reader.kind === 'enum')
    return areSame(writer.symbols, reader.symbols);
  if (writer.kind === 'array' && reader.kind === 'array')
    return same(writer.items, reader.items, seen);
  if (writer.kind === 'map' && reader.kind === 'map')
    return same(writer.values, reader.values, seen);
  if (writer.kind !== 'record' || reader.kind !== 'record') return haveSameMeaning(writer, reader);
  const known = seen.get(writer) ?? new Set();
  if (known.has(reader)) return true;
  seen.set(writer, known.add(reader));
  const names = ({ fields }: RecordNode) => fields.map(({ name }) => name);
  const types = ({ fields }: RecordNode) => fields.map(({ type }) => type);
  return areSame(names(writer), names(reader)) && eachSame(types(writer), types(reader), seen);
}

const areSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((each, i) => each === others[i]);

const eachSame = (writers: readonly AvroNode[], readers: readonly AvroNode[], seen: Seen) =>
  writers.length === readers.length &&
  writers.every((writer, i) => same(writer, readers[i] as AvroNode, seen));

/** A logical type that only one of them has says nothing against the other. */
function haveSameMeaning(writer: AvroNode, reader: AvroNode): boolean {
  const [from, to] = [logicalOf(writer), logicalOf(reader)];
  if (!from || !to) return true;
  if (from.name !== to.name) return false;
  if (from.name !== 'decimal' || to.name !== 'decimal') return true;
  return from.valid === to.valid && from.scale === to.scale && from.precision <= to.precision;
}
