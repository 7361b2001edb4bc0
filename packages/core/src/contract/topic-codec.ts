import type { RecordSchema } from './event-type.ts';

/**
 * How the values of a topic are written:
 *
 * - `confluent`: Avro behind a zero byte and the id that a schema registry gave its schema.
 * - `avro`: Avro and nothing else, so that readers have to know the writer's schema.
 * - `single-object`: Avro behind two bytes and the fingerprint of its schema, as the Avro specification has it.
 * - `json`: JSON text with the fields of the schema.
 */
export type WireFormat = 'confluent' | 'avro' | 'single-object' | 'json';

/** Options of a topic's typed view. */
export interface TopicOptions {
  /** How values are written and read. Default `confluent`. */
  readonly format?: WireFormat;
  /**
   * Schemas that others write with, where no registry tells: for `avro` the one of all values, for
   * `single-object` those of values that are not written with the type's own. Default: none.
   */
  readonly writtenWith?: readonly RecordSchema[];
  /**
   * What becomes of a record without a value, by which a topic says that a key is gone: it is passed
   * over and counted as `tombstones` (`skip`, default), or is a `dead-letter`.
   */
  readonly tombstones?: 'skip' | 'dead-letter';
}

/** Writes values of one type. Its results stay valid: no byte is written twice. */
export interface ValueEncoder<T> {
  /** @throws CodecError that names the field and what it holds, when the value does not fit the schema. */
  encode(value: T): Uint8Array;
}

/** Reads values of one type. */
export interface ValueDecoder<T> {
  /** Fetches what decoding these records needs, so that `decode` can be synchronous. Rejects when the registry cannot be reached. */
  prepare(records: readonly { readonly value: Uint8Array }[]): Promise<void>;
  /** @throws CodecError with the reason, when the bytes do not decode. */
  decode(record: { readonly value: Uint8Array }): T;
  /** The registered schema that bytes say they were written with; `undefined` where they say none. */
  schemaIdOf(value: Uint8Array): number | undefined;
}

/** How values of a topic are written and read. What reads them does not say their type, so that a topic of any type is one of `never`. */
export interface TopicCodec<T> {
  /** Makes an encoder, once the schema is registered where the format needs that. */
  encoder(): Promise<ValueEncoder<T>>;
  decoder(): ValueDecoder<unknown>;
  /**
   * Compares the type with the schema that is written with now, as far as that is known. A registry that
   * cannot be asked is no error: decoding will say.
   *
   * @throws SchemaError with the field and what to do, when no value at all could be read.
   */
  checkReadable(): Promise<void>;
}
