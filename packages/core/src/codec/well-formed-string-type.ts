import avsc from 'avsc';
import type { AvroTap } from './avro-tap.ts';

/** Avro's `string`. Half a surrogate pair, which UTF-8 does not have, is written as one U+FFFD. */
export class WellFormedStringType extends avsc.types.StringType {
  _write(tap: AvroTap, value: unknown): void {
    if (typeof value !== 'string') throw new Error(`not a text: ${String(value)}`);
    const start = tap.pos;
    tap.writeString(value);
    // A longer text is written by Node, well-formed; one in ASCII, which takes a byte a character, is.
    if (value.length > 64 || tap.pos - start <= value.length + 1 || value.isWellFormed()) return;
    tap.pos = start;
    tap.writeString(value.toWellFormed());
  }
}
