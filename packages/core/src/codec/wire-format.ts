/**
 * Confluent's wire format: a zero byte, the schema's id as four big-endian bytes, then the Avro
 * body. Source: Confluent Schema Registry documentation, "Wire format".
 */
const magicByte = 0;

/** Bytes before the Avro body. */
export const prefixLength = 5;

/** The largest schema id that the format holds: ids are signed 32-bit integers. */
export const maxSchemaId = 2 ** 31 - 1;

/** Writes the five bytes that precede an Avro body. */
export function writePrefix(buffer: Buffer, position: number, schemaId: number): void {
  buffer[position] = magicByte;
  buffer.writeInt32BE(schemaId, position + 1);
}

/** Reads the schema id of an encoded value; `undefined` when the bytes are not in this format. */
export function schemaIdOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < prefixLength || bytes[0] !== magicByte) return undefined;
  const [, a = 0, b = 0, c = 0, d = 0] = bytes;
  const id = (a << 24) | (b << 16) | (c << 8) | d;
  return id < 0 ? undefined : id;
}
