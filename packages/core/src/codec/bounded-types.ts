import avsc from 'avsc';
import type { AvroReader, AvroTap } from './avro-tap.ts';

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

/** Avro's `map`. */
export class BoundedMapType extends avsc.types.MapType {
  _read(tap: AvroTap): Record<string, unknown> {
    const values = this.valuesType as AvroReader;
    const map: Record<string, unknown> = {};
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      while (count-- > 0) {
        const key = tap.readString();
        map[key] = values._read(tap);
      }
    }
    return map;
  }
}
