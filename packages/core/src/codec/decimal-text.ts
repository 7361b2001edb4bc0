/** Digits of a decimal: in all, and behind its point. */
export interface DecimalDigits {
  readonly precision: number;
  readonly scale: number;
}

const pattern = /^(-?)0*(\d*)(?:\.(\d*))?$/;

/** The unscaled value of a decimal's text, such as -1250n for `-12.5` at scale 2. The text must fit. */
export function unscaledOf(text: string, { scale }: DecimalDigits): bigint {
  const [, sign, whole = '', fraction = ''] = pattern.exec(text) ?? [];
  const magnitude = BigInt(whole + fraction.padEnd(scale, '0'));
  return sign ? -magnitude : magnitude;
}

/** Says why a value is no decimal of so many digits, and which are; `undefined` when it is one. */
export function decimalMisfit(value: unknown, digits: DecimalDigits): string | undefined {
  const { precision, scale } = digits;
  const parts = typeof value === 'string' && /\d/.test(value) ? pattern.exec(value) : null;
  if (!parts || /^-?\.|\.$/.test(value as string))
    return `it takes a text such as ${largest(digits)}`;
  const [, , whole = '', fraction = ''] = parts;
  if (fraction.length > scale)
    return `it takes ${scale} digits behind the point, not ${fraction.length}: round it first`;
  if (whole.length > precision - scale)
    return `it takes values from -${largest(digits)} to ${largest(digits)}`;
  return undefined;
}

function largest({ precision, scale }: DecimalDigits): string {
  const whole = '9'.repeat(precision - scale) || '0';
  return scale === 0 ? whole : `${whole}.${'9'.repeat(scale)}`;
}
