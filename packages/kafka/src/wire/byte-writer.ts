/** Writes the types of Kafka's protocol, one after another, into a buffer that grows. */
export class ByteWriter {
  buffer: Buffer;
  at = 0;

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size);
  }

  /** The bytes that were written. */
  get written(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  int8(value: number): void {
    this.#room(1);
    this.at = this.buffer.writeInt8(value, this.at);
  }

  int16(value: number): void {
    this.#room(2);
    this.at = this.buffer.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.#room(4);
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  /** A number, or digits. */
  int64(value: number | string): void {
    this.#room(8);
    this.at = this.buffer.writeBigInt64BE(BigInt(value), this.at);
  }

  string(value: string | null): void {
    const bytes = Buffer.from(value ?? '');
    this.int16(value === null ? -1 : bytes.length);
    this.bytes(bytes);
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** A text of `length` bytes. */
  text(value: string, length: number): void {
    this.#room(length);
    const encoding = length === value.length ? 'latin1' : 'utf8';
    this.at += this.buffer.write(value, this.at, length, encoding);
  }

  /** An integer of up to 32 bits without a sign. */
  uvarint(value: number): void {
    this.#room(5);
    let rest = value >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.buffer[this.at++] = (rest & 0x7f) | 0x80;
    this.buffer[this.at++] = rest;
  }

  compactString(value: string): void {
    const bytes = Buffer.from(value);
    this.uvarint(bytes.length + 1);
    this.bytes(bytes);
  }

  /** An integer of up to 32 bits in zigzag encoding. */
  varint(value: number): void {
    this.#room(5);
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 0x7f; rest >>>= 7) this.buffer[this.at++] = (rest & 0x7f) | 0x80;
    this.buffer[this.at++] = rest;
  }

  /** An integer of up to 53 bits in zigzag encoding. */
  varlong(value: number): void {
    this.#room(8);
    let rest = zigzag(value);
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.buffer[this.at++] = (rest % 128) | 0x80;
    this.buffer[this.at++] = rest;
  }

  #room(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.at + bytes));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

/** How many bytes `varint` takes for a value. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  return zigzag < 0x80 ? 1 : Math.ceil((32 - Math.clz32(zigzag)) / 7);
}

/** How many bytes `varlong` takes for a value. */
export function varlongSize(value: number): number {
  let size = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest = Math.floor(rest / 128)) size++;
  return size;
}

function zigzag(value: number): number {
  return value >= 0 ? 2 * value : -2 * value - 1;
}
