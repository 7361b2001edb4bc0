import avsc from 'avsc';

/** Avro's `bytes` and `fixed` as a Uint8Array that shares memory with nothing. */
export class OwnBytesType extends avsc.types.LogicalType {
  protected override _fromValue(bytes: Buffer): Uint8Array {
    return new Uint8Array(bytes);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (!(value instanceof Uint8Array)) return undefined;
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
}
