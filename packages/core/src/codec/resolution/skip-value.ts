import type { AvroReader, AvroTap } from '../avro-tap.ts';
import { readCount } from '../bounded-types.ts';
import type { AvroNode, RecordNode } from './avro-node.ts';
import { takeBytes, takeIndex } from './bounded-read.ts';

/** Passes over values that the reader does not want. A skipper of a record is made once. */
export function skipping(type: AvroNode, made: Map<RecordNode, AvroReader>): AvroReader {
  switch (type.kind) {
    case 'record':
      return skippingRecord(type, made);
    case 'union': {
      const branches = type.branches.map((branch) => skipping(branch, made));
      const { length } = branches;
      return { _read: (tap) => branches[takeIndex(tap, length, 'a union')]?._read(tap) };
    }
    case 'array':
      return skippingItems(skipping(type.items, made), false);
    case 'map':
      return skippingItems(skipping(type.values, made), true);
    case 'fixed':
      return { _read: (tap) => void takeBytes(tap, type.size) };
    default:
      return { _read: skipPrimitive[type.kind] };
  }
}

const skipPrimitive = {
  null: () => undefined,
  boolean: (tap: AvroTap) => void takeBytes(tap, 1),
  int: (tap: AvroTap) => tap.skipLong(),
  enum: (tap: AvroTap) => tap.skipLong(),
  long: (tap: AvroTap) => tap.skipLong(),
  float: (tap: AvroTap) => void takeBytes(tap, 4),
  double: (tap: AvroTap) => void takeBytes(tap, 8),
  bytes: (tap: AvroTap) => void takeBytes(tap, tap.readLong()),
  string: (tap: AvroTap) => void takeBytes(tap, tap.readLong()),
};

function skippingRecord(type: RecordNode, made: Map<RecordNode, AvroReader>): AvroReader {
  const known = made.get(type);
  if (known) return known;
  const fields: AvroReader[] = [];
  const skipper = {
    _read(tap: AvroTap) {
      for (const field of fields) field._read(tap);
    },
  };
  // Known before its fields, which may contain it.
  made.set(type, skipper);
  for (const field of type.fields) fields.push(skipping(field.type, made));
  return skipper;
}

function skippingItems(item: AvroReader, hasKeys: boolean): AvroReader {
  return {
    _read(tap) {
      for (let count = readCount(tap); count > 0; count = readCount(tap))
        while (count-- > 0) {
          if (hasKeys) skipPrimitive.string(tap);
          item._read(tap);
        }
    },
  };
}
