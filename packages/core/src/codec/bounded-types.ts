import avsc from 'avsc';
import type { AvroReader, AvroTap, AvroWriter } from './avro-tap.ts';

/** Damaged bytes can claim billions of items; a count that cannot fit ends the read at once. */
export function readCount(tap: AvroTap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.skipLong();
  }
  if (count > tap.buf.length) throw new Error(`${count} items do not fit ${tap.buf.length} bytes`);
  return count;
}

/** Avro's `array`. */
export class BoundedArrayType extends avsc.types.ArrayType {
  _read(tap: AvroTap): unknown[] {
    const items = this.itemsType as unknown as AvroReader;
    const values: unknown[] = [];
    for (let count = readCount(tap); count > 0; count = readCount(tap))
      while (count-- > 0) values.push(items._read(tap));
    return values;
  }
}

/** Sets an entry. A key that is assigned as `__proto__` is none. */
function put(map: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') map[key] = value;
  else
    Object.defineProperty(map, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
}

/** Avro's `map`, with any text as a key. */
export class BoundedMapType extends avsc.types.MapType {
  _read(tap: AvroTap): Record<string, unknown> {
    const values = this.valuesType as AvroReader;
    const map: Record<string, unknown> = {};
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      while (count-- > 0) {
        const key = tap.readString();
        put(map, key, values._read(tap));
      }
    }
    return map;
  }

  _write(tap: AvroTap, map: unknown): void {
    if (typeof map !== 'object' || map === null || Array.isArray(map)) throw new Error('not a map');
    const values = this.valuesType as AvroWriter;
    const entries = map as Readonly<Record<string, unknown>>;
    const keys = Object.keys(entries);
    if (keys.length > 0) tap.writeLong(keys.length);
    for (const key of keys) {
      tap.writeString(key.isWellFormed() ? key : key.toWellFormed());
      values._write(tap, entries[key]);
    }
    tap.writeLong(0);
  }
}
