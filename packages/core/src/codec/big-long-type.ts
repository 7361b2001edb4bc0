import avsc from 'avsc';
import type { AvroReader, AvroTap } from './avro-tap.ts';
import { readBigLong, writeBigLong } from './long-bytes.ts';

/** From here on avsc's reader and writer, which are faster, are not exact. */
const exactLimit = 2 ** 52;

type Hook = (value: unknown, type: unknown) => void;

/** Avro's `long` as a bigint: each of the 2 ** 64 values exactly. */
export class BigLongType extends avsc.types.LongType {
  _check(value: unknown, _flags: unknown, hook?: Hook): boolean {
    const fits = isLong(value);
    if (!fits) hook?.(value, this);
    return fits;
  }

  _read(tap: AvroTap): bigint {
    const start = tap.pos;
    const value = tap.readLong();
    if (value > -exactLimit && value < exactLimit) return BigInt(value);
    tap.pos = start;
    return readBigLong(tap);
  }

  _write(tap: AvroTap, value: unknown): void {
    if (!isLong(value)) throw new Error(`not a bigint of 64 bits: ${String(value)}`);
    if (value > -exactLimit && value < exactLimit) tap.writeLong(Number(value));
    else writeBigLong(tap, value);
  }

  /** Takes a default from the schema, where it is a number. */
  _copy(value: unknown): bigint {
    return BigInt(value as number | bigint);
  }

  /** Reads what was written as an `int` or `long`. */
  _update(resolver: { _read?: (tap: AvroTap) => unknown }, writer: avsc.Type): void {
    const read = (writer as unknown as AvroReader)._read;
    if (writer.typeName === 'int')
      resolver._read = (tap) => BigInt(read.call(writer, tap) as number);
    else if (writer.typeName.endsWith('long')) resolver._read = (tap) => this._read(tap);
  }
}

// What avsc calls a long of another kind than its own: unions then look at its values, not at its name.
Object.defineProperty(BigLongType.prototype, 'typeName', { value: 'abstract:long' });
Object.defineProperty(BigLongType.prototype, '_concreteTypeName', { value: 'long' });

function isLong(value: unknown): value is bigint {
  return typeof value === 'bigint' && BigInt.asIntN(64, value) === value;
}
