import avsc from 'avsc';
import { decimalMisfit, unscaledOf } from './decimal-text.ts';

interface DecimalSchema {
  readonly type: string;
  readonly size?: number;
  readonly precision?: number;
  readonly scale?: number;
}

/**
 * Avro's `decimal` as a decimal string, such as `-12.50`: exact, comparable and printable, unlike a
 * number. A value with more digits than the schema allows is refused, never rounded.
 */
export class DecimalType extends avsc.types.LogicalType {
  readonly precision: number;
  readonly scale: number;
  readonly #size: number | undefined;

  constructor(schema: DecimalSchema, options?: unknown) {
    super(schema as never, options);
    const { precision = 0, scale = 0, size } = schema;
    if (!Number.isInteger(precision) || precision < 1)
      throw new Error(`a decimal needs a precision of 1 or more, not ${precision}`);
    if (!Number.isInteger(scale) || scale < 0 || scale > precision)
      throw new Error(`the scale of a decimal is between 0 and its precision, not ${scale}`);
    this.precision = precision;
    this.scale = scale;
    this.#size = schema.type === 'fixed' ? size : undefined;
  }

  protected override _fromValue(bytes: Buffer): string {
    return decimalText(integerOf(bytes), this.scale);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (decimalMisfit(value, this) !== undefined) return undefined;
    return twosComplement(unscaledOf(value as string, this), this.#size);
  }
}

/** The integer that bytes are in two's complement, the highest first. */
export function integerOf(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`));
}

/** A decimal as text: all digits of its scale, and no more. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const fraction = scale === 0 ? '' : `.${digits.slice(point)}`;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${fraction}`;
}

/** Big-endian two's complement in `size` bytes, or in as few as it needs; `undefined` when it does not fit. */
function twosComplement(value: bigint, size: number | undefined): Buffer | undefined {
  let length = size ?? 1;
  while (BigInt.asIntN(8 * length, value) !== value) {
    if (size !== undefined) return undefined;
    length += 1;
  }
  const hex = BigInt.asUintN(8 * length, value).toString(16);
  return Buffer.from(hex.padStart(2 * length, '0'), 'hex');
}
