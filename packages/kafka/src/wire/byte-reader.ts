/** Reads the types of Kafka's protocol, one after another. */
export class ByteReader {
  readonly buffer: Buffer;
  at: number;

  constructor(buffer: Buffer, at = 0) {
    this.buffer = buffer;
    this.at = at;
  }

  int8(): number {
    return this.buffer.readInt8(this.#pass(1));
  }

  int16(): number {
    return this.buffer.readInt16BE(this.#pass(2));
  }

  int32(): number {
    return this.buffer.readInt32BE(this.#pass(4));
  }

  /** As a number: offsets and times are safe integers. */
  int64(): number {
    const at = this.#pass(8);
    return this.buffer.readInt32BE(at) * 2 ** 32 + this.buffer.readUInt32BE(at + 4);
  }

  /** Ids use all their bits. */
  id(): string {
    return String(this.buffer.readBigInt64BE(this.#pass(8)));
  }

  string(): string {
    return this.bytes(this.int16()).toString();
  }

  bytes(length: number): Buffer {
    const at = this.#pass(length);
    return this.buffer.subarray(at, at + length);
  }

  array<T>(item: () => T): T[] {
    const items: T[] = [];
    for (let left = this.int32(); left > 0; left--) items.push(item());
    return items;
  }

  /** An integer of up to 32 bits without a sign. */
  uvarint(): number {
    const value = this.varint();
    return value >= 0 ? 2 * value : -2 * value - 1;
  }

  /** Bytes of a compact string or array of bytes; none where there is none. */
  compactBytes(): Buffer {
    return this.bytes(Math.max(0, this.uvarint() - 1));
  }

  /** Passes over tagged fields. */
  tags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint(); // its number
      this.bytes(this.uvarint());
    }
  }

  /** An integer of up to 32 bits in zigzag encoding. */
  varint(): number {
    const { buffer } = this;
    let byte = buffer[this.at++] as number;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = buffer[this.at++] as number;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** An integer of up to 53 bits in zigzag encoding. */
  varlong(): number {
    const { buffer } = this;
    let byte = buffer[this.at++] as number;
    let value = byte & 0x7f;
    for (let scale = 128; byte > 0x7f; scale *= 128) {
      byte = buffer[this.at++] as number;
      value += (byte & 0x7f) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  #pass(bytes: number): number {
    const { at } = this;
    this.at = at + bytes;
    return at;
  }
}
