/** The part of avsc's reader and writer of bytes that its declarations leave out and our own types use. */
export interface AvroTap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  writeLong(value: number): void;
  skipLong(): void;
  writeFloat(value: number): void;
  readString(): string;
  writeString(value: string): void;
}

/** The reader of bytes that avsc's types, and the resolvers made of them, take a value from. */
export interface AvroReader {
  _read(tap: AvroTap): unknown;
  /** Why it can read no value at all. */
  readonly refusal?: string;
}

/** The writer of bytes that a type has. */
export interface AvroWriter {
  _write(tap: AvroTap, value: unknown): void;
}
