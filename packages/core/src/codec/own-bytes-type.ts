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

  protected override _resolve(writer: avsc.Type): ((value: Uint8Array) => Uint8Array) | undefined {
    if (!(writer instanceof OwnBytesType)) return undefined;
    // Only the same kind: a `fixed` of another size, or `bytes` for a `fixed`, would not fit.
    const [ours, theirs] = [this.underlyingType, writer.underlyingType];
    const size = (type: avsc.Type) => (type as Partial<avsc.types.FixedType>).size;
    return ours.typeName === theirs.typeName && size(ours) === size(theirs)
      ? (value) => value
      : undefined;
  }
}
