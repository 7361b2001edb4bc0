import avsc from 'avsc';

const pattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** Avro's `uuid` on a `fixed` of 16 bytes as the text of a UUID, as it is on a string. */
export class UuidType extends avsc.types.LogicalType {
  protected override _fromValue(bytes: Buffer): string {
    return uuidText(bytes);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    return isUuid(value) ? Buffer.from(value.replaceAll('-', ''), 'hex') : undefined;
  }
}

/** Whether a value is the text of a UUID. */
export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && pattern.test(value);

/** The 16 bytes of a UUID as text, in lower case. */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, i) => hex.slice(cuts[i], end))
    .join('-');
}
