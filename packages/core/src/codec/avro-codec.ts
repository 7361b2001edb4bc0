import { CodecError, OptionError, SchemaError } from '../contract/errors.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import type { SchemaRegistry } from '../contract/schema-registry.ts';
import { type AvroBody, avroBody, undecodable } from './avro-body.ts';
import { avroType } from './avro-type.ts';
import { misfitOf } from './misfit.ts';
import { maxSchemaId, prefixLength, schemaIdOf, writePrefix } from './wire-format.ts';

/** Encodes the values of one event type. Its results stay valid: no byte is written twice. */
export interface AvroEncoder<T> {
  /** @throws CodecError that names the field and what it holds, when the value does not fit the schema. */
  encode(value: T): Uint8Array;
  /** Encodes a batch into few shared buffers. */
  encodeAll(values: readonly T[]): Uint8Array[];
}

/** Decodes records of one event type, whichever version of its schema they were written with. */
export interface AvroDecoder<T> {
  /**
   * Finds the schemas of these records, so that `decode` can be synchronous. An id that no schema
   * has fails only the records that carry it.
   *
   * Rejects when the registry cannot be reached.
   */
  prepare(records: readonly Encoded[]): Promise<void>;
  /** @throws CodecError with the reason, when the bytes do not decode. */
  decode(record: Encoded): T;
}

interface Encoded {
  readonly value: Uint8Array;
}

const chunkLength = 64 * 1024;

/**
 * Makes an encoder to Confluent's wire format.
 *
 * @throws OptionError when `schemaId` is not a schema id.
 * @throws SchemaError when the event's schema is not valid Avro.
 */
export function avroEncoder<T>(type: EventType<RecordSchema, T>, schemaId: number): AvroEncoder<T> {
  if (!Number.isInteger(schemaId) || schemaId < 0 || schemaId > maxSchemaId)
    throw new OptionError(`schemaId is an integer from 0 to ${maxSchemaId}, not ${schemaId}`);
  const prefix = Buffer.alloc(prefixLength);
  writePrefix(prefix, 0, schemaId);
  return prefixedEncoder(type, prefix);
}

/**
 * Makes an encoder to Avro behind bytes that are the same for all values.
 *
 * @throws SchemaError when the event's schema is not valid Avro.
 */
export function prefixedEncoder<T>(
  type: EventType<RecordSchema, T>,
  prefix: Uint8Array,
): AvroEncoder<T> {
  const avro = avroType(type.schema, type.longs);
  const prefixLength = prefix.length;
  let chunk = Buffer.alloc(0);
  let position = 0;

  const tryToWrite = (value: T): number => {
    try {
      return avro.encode(value, chunk, position + prefixLength);
    } catch (cause) {
      const misfit = misfitOf(avro, value) ?? (cause as Error).message;
      throw new CodecError(`cannot encode ${type.schema.name}: ${misfit}`, { cause });
    }
  };

  const encode = (value: T): Uint8Array => {
    let end = chunk.length < position + prefixLength ? -1 : tryToWrite(value);
    // A negative end is by how much the rest of the chunk is too short, at least.
    while (end < 0) {
      const wanted = chunk.length - position + prefixLength - end;
      chunk = Buffer.allocUnsafeSlow(Math.max(chunkLength, 2 * wanted));
      position = 0;
      end = tryToWrite(value);
    }
    for (let i = 0; i < prefixLength; i++) chunk[position + i] = prefix[i] as number;
    const bytes = chunk.subarray(position, end);
    position = end;
    return bytes;
  };
  return { encode, encodeAll: (values) => values.map(encode) };
}

/**
 * Makes a decoder from Confluent's wire format. Values are plain data, as `InferAvro` says.
 *
 * @example
 * const decoder = avroDecoder(Play, registry);
 * await decoder.prepare(records);
 * const plays = records.map((record) => decoder.decode(record));
 *
 * @throws SchemaError when the event's schema is not valid Avro.
 */
export function avroDecoder<T>(
  type: EventType<RecordSchema, T>,
  registry: SchemaRegistry,
): AvroDecoder<T> {
  const { schema } = type;
  const avro = avroType(schema, type.longs);
  const bodies = new Map<number, AvroBody<T>>();
  /** Why a registry did not give a schema. It may the next time. */
  const missing = new Map<number, SchemaError>();

  const find = async (id: number): Promise<void> => {
    try {
      bodies.set(id, avroBody({ avro, schema }, { id, schema: await registry.schema(id) }));
    } catch (cause) {
      if (!(cause instanceof SchemaError)) throw cause;
      missing.set(id, cause);
    }
  };

  return {
    async prepare(records) {
      const unknown = new Set<number>();
      for (const { value } of records) {
        const id = schemaIdOf(value);
        if (id !== undefined && !bodies.has(id)) unknown.add(id);
      }
      await Promise.all([...unknown].map(find));
    },
    decode({ value }) {
      const id = schemaIdOf(value);
      if (id === undefined) throw undecodable(schema.name, whyNoSchemaId(value));
      const body = bodies.get(id);
      if (!body) throw unknownSchema(schema.name, id, missing.get(id));
      return body(
        Buffer.isBuffer(value)
          ? value
          : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
      );
    },
  };
}

function unknownSchema(name: string, id: number, cause: SchemaError | undefined): CodecError {
  return undecodable(name, `unknown schema id ${id}${cause ? `: ${cause.message}` : ''}`, cause);
}

function whyNoSchemaId(value: Uint8Array): string {
  if (value.length === 0) return 'it is empty';
  if (value[0] === 0 && value.length < prefixLength) return `truncated after ${value.length} bytes`;
  if (value[0] === 0) return 'its schema id is negative';
  return `no magic byte: it starts with ${value[0]}, not 0`;
}
