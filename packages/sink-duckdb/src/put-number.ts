import { ints, longs, unsigned } from './scratch.ts';

const two32 = 2 ** 32;

/** Puts a safe integer in 64 bits, without a bigint for each; a bigint as it is. */
export function putLong(value: number | bigint, i: number): void {
  if (typeof value === 'bigint') {
    longs[i] = value;
    return;
  }
  const high = Math.floor(value / two32);
  unsigned[2 * i] = value - high * two32;
  ints[2 * i + 1] = high;
}

/** Puts milliseconds as the microseconds that DuckDB keeps, which may be more than a number holds exactly. */
export function putMicros(milliseconds: number, i: number): void {
  const high = Math.floor(milliseconds / two32);
  const low = (milliseconds - high * two32) * 1000;
  const carry = Math.floor(low / two32);
  unsigned[2 * i] = low - carry * two32;
  ints[2 * i + 1] = high * 1000 + carry;
}

/** Puts an integer in 128 bits. */
export function putHuge(value: bigint, i: number): void {
  longs[2 * i] = value;
  longs[2 * i + 1] = value >> 64n;
}

/** Puts a UUID: its 128 bits, of which DuckDB turns the first over so that they sort as signed. */
export function putUuid(text: string, i: number): void {
  const part = (from: number, middle: number, to: number) =>
    Number.parseInt(text.slice(from, middle) + text.slice(middle + 1, to), 16);
  unsigned[4 * i + 3] = Number.parseInt(text.slice(0, 8), 16) ^ 0x80000000;
  unsigned[4 * i + 2] = part(9, 13, 18);
  unsigned[4 * i + 1] = part(19, 23, 28);
  unsigned[4 * i] = Number.parseInt(text.slice(28), 16);
}
