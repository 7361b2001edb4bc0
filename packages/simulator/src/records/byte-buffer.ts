/** Bytes that grow at their end. Numbers are whole and at least 0. */
export class ByteBuffer {
  bytes = Buffer.allocUnsafeSlow(1 << 16);
  length = 0;

  /** Makes room for as many more bytes. Whoever appends calls it first. */
  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const bytes = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.bytes.length));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  /** The bytes so far. They change with the next that are written. */
  get written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** UTF-8. Makes its own room. */
  text(value: string): void {
    this.reserve(3 * value.length);
    this.length += this.bytes.write(value, this.length);
  }

  /** Decimal digits. */
  digits(value: number): void {
    this.length = writeDigits(this.bytes, this.length, value);
  }

  /** Avro's variable-length form of a number of at least 0. */
  long(value: number): void {
    const { bytes } = this;
    let at = this.length;
    // Zigzag: the sign is in the lowest bit.
    let rest = value * 2;
    while (rest > 0x7fffffff) {
      const upper = Math.floor(rest / 128);
      bytes[at++] = (rest - upper * 128) | 128;
      rest = upper;
    }
    for (; rest > 127; rest >>= 7) bytes[at++] = (rest & 127) | 128;
    bytes[at++] = rest;
    this.length = at;
  }
}

/** Digits of a whole number of at least 0. */
export function digitCount(value: number): number {
  let count = 1;
  for (let limit = 10; limit <= value; limit *= 10) count++;
  return count;
}

/** Writes a whole number of at least 0 in decimal digits; gives where they end. */
export function writeDigits(bytes: Uint8Array, start: number, value: number): number {
  if (value < 10) {
    bytes[start] = 48 + value;
    return start + 1;
  }
  const end = start + digitCount(value);
  let rest = value;
  for (let at = end; at > start; ) {
    const tens = Math.floor(rest / 10);
    bytes[--at] = 48 + rest - tens * 10;
    rest = tens;
  }
  return end;
}
