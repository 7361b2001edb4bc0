import type { AvroReader, AvroTap } from '../avro-tap.ts';
import { readCount } from '../bounded-types.ts';
import type { AvroNode, EnumNode, UnionNode } from './avro-node.ts';
import { takeIndex } from './bounded-read.ts';
import { matchOf } from './matching.ts';
import { shown } from './refusal.ts';

/** Reads an array whose items are read so. */
export function readingArray(item: AvroReader): AvroReader {
  return {
    _read(tap) {
      const values: unknown[] = [];
      for (let count = readCount(tap); count > 0; count = readCount(tap))
        while (count-- > 0) values.push(item._read(tap));
      return values;
    },
  };
}

/** Reads a map whose values are read so. */
export function readingMap(value: AvroReader): AvroReader {
  return {
    _read(tap) {
      const map: Record<string, unknown> = {};
      for (let count = readCount(tap); count > 0; count = readCount(tap))
        while (count-- > 0) {
          const key = tap.readString();
          // An assignment would set the prototype.
          if (key === '__proto__') defineOwn(map, key, value._read(tap));
          else map[key] = value._read(tap);
        }
      return map;
    },
  };
}

const defineOwn = (map: object, key: string, value: unknown) =>
  Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });

/** Reads what a union wrote, each branch in its own way: of a refusal the value's own branch says why. */
export function readingUnion(branches: readonly AvroReader[]): AvroReader {
  const { length } = branches;
  const refusal = branches.every((each) => each.refusal) && branches[0]?.refusal;
  const _read: AvroReader['_read'] = (tap) =>
    branches[takeIndex(tap, length, 'a union')]?._read(tap);
  return refusal ? { refusal, _read } : { _read };
}

/**
 * The branch of the reader's union that a type is read as: the first that is the same, else the first
 * that it can be promoted to, as Apache's own readers choose.
 */
export function branchFor(writer: AvroNode, { branches }: UnionNode): AvroNode | undefined {
  const first = (wanted: string) => branches.find((branch) => matchOf(writer, branch) === wanted);
  return first('same') ?? first('promoted');
}

/** Reads symbols; one that the reader's enum has not is its default, or dead. */
export function resolveEnum(writer: EnumNode, reader: EnumNode, place: string): AvroReader {
  const symbols = writer.symbols.map((symbol) =>
    reader.symbols.includes(symbol) ? symbol : reader.fallback,
  );
  const { length } = symbols;
  const name = shown(reader);
  return {
    _read(tap: AvroTap) {
      const index = takeIndex(tap, length, name);
      const symbol = symbols[index];
      if (symbol !== undefined) return symbol;
      throw new Error(
        `${place} is ${writer.symbols[index]}, which ${name} does not have: add the symbol, or give the enum a default`,
      );
    },
  };
}
