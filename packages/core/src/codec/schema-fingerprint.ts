import avsc from 'avsc';
import type { RecordSchema } from '../contract/event-type.ts';

/**
 * The 64-bit Rabin fingerprint of a schema's parsing canonical form, as 8 little-endian bytes. Source:
 * Apache Avro 1.12 specification, "Parsing Canonical Form for Schemas" and "Schema Fingerprints".
 */
export function schemaFingerprint(schema: RecordSchema | string): Uint8Array {
  const type = avsc.Type.forSchema(schema as never, { wrapUnions: true });
  const text = Buffer.from(JSON.stringify(type.schema()));
  let fingerprint = EMPTY;
  for (const byte of text)
    fingerprint =
      (fingerprint >> 8n) ^ (table[Number((fingerprint ^ BigInt(byte)) & 0xffn)] as bigint);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(fingerprint);
  return bytes;
}

const EMPTY = 0xc15d213aa4d7a795n;

const table = Array.from({ length: 256 }, (_, i) => {
  let entry = BigInt(i);
  for (let bit = 0; bit < 8; bit++) entry = (entry >> 1n) ^ (entry & 1n ? EMPTY : 0n);
  return entry;
});
