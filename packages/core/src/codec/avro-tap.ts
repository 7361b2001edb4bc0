/** The part of avsc's reader and writer of bytes that its declarations leave out and our own types use. */
export interface AvroTap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  writeLong(value: number): void;
  skipLong(): void;
  readString(): string;
}

/** What avsc's types, and the resolvers made of them, read a value with. */
export interface AvroReader {
  _read(tap: AvroTap): unknown;
}
