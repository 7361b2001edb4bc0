import type { Site } from '../site.ts';
import { avroWriter } from './avro-writer.ts';
import { jsonWriter } from './json-writer.ts';
import { type RecordWriter, topicOrder } from './record-writer.ts';

/** How records are encoded, as plain data that another thread understands. */
export type RecordFormat =
  | {
      readonly kind: 'json';
      readonly ids: boolean;
      readonly together: boolean;
      readonly keyed: boolean;
    }
  /** With schema ids, by topic, each record starts with the prefix of the wire format. */
  | { readonly kind: 'avro'; readonly schemaIds?: readonly number[]; readonly keyed: boolean };

/** How many lists records of a format go to. */
export const listsOf = (format: RecordFormat): number =>
  format.kind === 'json' && format.together ? 1 : topicOrder.length;

/** Makes the writer of a format. */
export function recordWriter(site: Site, format: RecordFormat): RecordWriter {
  if (format.kind === 'json') return jsonWriter(site, format);
  const { schemaIds, keyed } = format;
  return avroWriter(site, { prefixes: topicOrder.map((_, i) => prefix(schemaIds?.[i])), keyed });
}

/** Confluent's wire format: a zero byte and the id of the schema. */
export function prefix(schemaId: number | undefined): Uint8Array {
  if (schemaId === undefined) return new Uint8Array(0);
  const bytes = Buffer.alloc(5);
  bytes.writeInt32BE(schemaId, 1);
  return new Uint8Array(bytes);
}
