import avsc from 'avsc';
import type { AvroTap } from './avro-tap.ts';

/** The largest number that 32 bits hold. */
export const largestFloat = 3.4028234663852886e38;

/** Avro's `float`. A number is rounded to 32 bits; one that would become infinite is refused. */
export class FiniteFloatType extends avsc.types.FloatType {
  _check(value: unknown, _flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean {
    const fits = isFloat(value);
    if (!fits) hook?.(value, this);
    return fits;
  }

  _write(tap: AvroTap, value: unknown): void {
    if (!isFloat(value)) throw new Error(`not a float: ${String(value)}`);
    tap.writeFloat(value);
  }
}

/** Whether 32 bits hold a number, rounded. */
export function isFloat(value: unknown): value is number {
  if (typeof value !== 'number') return false;
  return Number.isFinite(Math.fround(value)) || !Number.isFinite(value);
}
