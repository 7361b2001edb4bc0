import type avsc from 'avsc';
import type { AvroReader, AvroTap } from '../avro-tap.ts';
import { BigLongType } from '../big-long-type.ts';
import type { AvroNode, LeafNode, RecordNode } from './avro-node.ts';
import { matchOf } from './matching.ts';
import { mismatch, refusing } from './refusal.ts';
import type { OwnReader, Resolution } from './resolution.ts';
import { resolveLeaf } from './resolve-leaf.ts';
import { branchFor, readingArray, readingMap, readingUnion, resolveEnum } from './resolve-parts.ts';
import { resolveRecord } from './resolve-record.ts';
import { haveSameLayout } from './same-layout.ts';
import { typesOf } from './types-of.ts';

/**
 * Makes what reads values of a writer's schema as a reader's, by Avro's rules of schema resolution,
 * value by value: only what a value holds can make it unreadable, not what others may hold. Made
 * once for a pair of schemas. Source: Apache Avro 1.12 specification, "Schema Resolution".
 */
export function resolveSchema(writer: AvroNode, reader: AvroNode, avro: avsc.Type): AvroReader {
  const types = typesOf(reader, avro);
  const records = new Map<RecordNode, Map<RecordNode, AvroReader>>();
  const own = (type: AvroNode) => types.get(type) as OwnReader;

  const once = (from: RecordNode, to: RecordNode): AvroReader => {
    const known = records.get(from) ?? new Map<RecordNode, AvroReader>();
    records.set(from, known);
    const made = known.get(to);
    if (made) return made;
    let resolved: AvroReader | undefined;
    // Known before its fields are resolved, which may contain it.
    const later: AvroReader = { _read: (tap: AvroTap) => resolved?._read(tap) };
    known.set(to, later);
    resolved = resolveRecord(from, to, resolution);
    known.set(to, resolved);
    return resolved;
  };

  const parts = (from: AvroNode, to: AvroNode, place: string): AvroReader | undefined => {
    if (from.kind === 'array' && to.kind === 'array')
      return readingArray(resolve(from.items, to.items, place));
    if (from.kind === 'map' && to.kind === 'map')
      return readingMap(resolve(from.values, to.values, place));
    if (!matchOf(from, to)) return undefined;
    if (from.kind === 'record' && to.kind === 'record') return once(from, to);
    if (from.kind === 'enum' && to.kind === 'enum') return resolveEnum(from, to, place);
    const leaf = isLeaf(from) && isLeaf(to) ? resolveLeaf(from, to, place) : undefined;
    const isBig = from.kind === 'int' && own(to) instanceof BigLongType;
    return leaf && isBig ? { _read: (tap) => BigInt(leaf._read(tap) as number) } : leaf;
  };

  const resolve: Resolution['resolve'] = (from, to, place) => {
    if (haveSameLayout(from, to)) return own(to);
    if (from.kind === 'union')
      return readingUnion(from.branches.map((branch) => resolve(branch, to, place)));
    if (to.kind === 'union') {
      const branch = branchFor(from, to);
      return branch ? resolve(from, branch, place) : refusing(mismatch(place, from, to));
    }
    return parts(from, to, place) ?? refusing(mismatch(place, from, to));
  };

  const resolution: Resolution = { resolve, own };
  return resolve(writer, reader, 'the value');
}

const isLeaf = (type: AvroNode): type is LeafNode =>
  !['record', 'enum', 'array', 'map', 'union'].includes(type.kind);
