import type { AvroReader, AvroTap } from '../avro-tap.ts';
import { decimalText, integerOf } from '../decimal-type.ts';
import type { DecimalLogical } from './logical-type.ts';

/** Reads a decimal of one scale as one of another. What would be rounded, or has too many digits, is refused. */
export function readingDecimal(
  take: (tap: AvroTap) => Buffer,
  from: DecimalLogical,
  to: DecimalLogical,
  place: string,
): AvroReader {
  const up = 10n ** BigInt(Math.max(0, to.scale - from.scale));
  const down = 10n ** BigInt(Math.max(0, from.scale - to.scale));
  const limit = 10n ** BigInt(to.precision);
  const fit = (unscaled: bigint) => unscaled < limit && unscaled > -limit;
  return {
    _read(tap) {
      const written = integerOf(take(tap));
      const unscaled = (written * up) / down;
      if (fit(unscaled) && written % down === 0n) return decimalText(unscaled, to.scale);
      const value = fit(written) ? decimalText(written, from.scale) : 'too long';
      throw new Error(
        `${place} is ${value}, which does not fit decimal(${to.precision}, ${to.scale}): declare more digits`,
      );
    },
  };
}
