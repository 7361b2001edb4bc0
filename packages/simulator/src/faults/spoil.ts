import type { Random } from '../model/random.ts';
import type { RecordFormat } from '../records/record-format.ts';

/** What newer records have at their end: the schema's new field. */
const connections = ['wifi', 'cellular'] as const;

/** Damages a record so that no decoder reads it: cut off, or of another beginning. */
export function malformed(bytes: Uint8Array, random: Random, format: RecordFormat): Uint8Array {
  const isLine = format.kind === 'json';
  const whole = isLine ? bytes.length - 1 : bytes.length;
  if (random.uniform() < 0.5) {
    // At least the last byte goes, and at least one stays.
    const kept = 1 + Math.floor(random.uniform() * (whole - 1));
    return isLine ? withLineEnd(bytes.subarray(0, kept)) : bytes.slice(0, kept);
  }
  const changed = bytes.slice();
  // No JSON value starts with it, and it is not the magic byte of the wire format.
  changed[0] = 0x23;
  return changed;
}

/** Writes a record as a newer producer would: with the field `connection` behind the others. */
export function asVersion2(
  bytes: Uint8Array,
  random: Random,
  format: RecordFormat,
  prefix: Uint8Array,
): Uint8Array {
  const connection = connections[random.uniform() < 0.6 ? 0 : 1];
  if (format.kind === 'json') {
    const end = Buffer.from(`,"connection":"${connection}"}\n`);
    return Buffer.concat([bytes.subarray(0, bytes.length - 2), end]);
  }
  // An Avro record is its fields one behind the other: branch 1 of the union, length, text.
  const field = Buffer.from([2, 2 * connection.length, ...Buffer.from(connection)]);
  return Buffer.concat([prefix, bytes.subarray(prefix.length), field]);
}

function withLineEnd(bytes: Uint8Array): Uint8Array {
  const line = new Uint8Array(bytes.length + 1);
  line.set(bytes);
  line[bytes.length] = 0x0a;
  return line;
}
