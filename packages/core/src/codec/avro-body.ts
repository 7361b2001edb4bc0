import type avsc from 'avsc';
import { CodecError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { writerType } from './avro-type.ts';
import { canonicalSchema } from './canonical-schema.ts';
import { prefixLength } from './wire-format.ts';

/** Reads the body of a value that was written with one schema. */
export type AvroBody<T> = (bytes: Buffer) => T;

/** How a type is read, and the schema that it has. */
interface Reader {
  readonly avro: avsc.Type;
  readonly schema: RecordSchema;
}

/** A schema that values were written with. */
interface Writer {
  readonly id: number | 'given';
  readonly schema: RecordSchema;
  /** Bytes before a body. Default: those of Confluent's wire format. */
  readonly prefix?: number;
}

/**
 * Makes what reads bodies of one schema. It throws a CodecError for each, where the schema cannot be
 * read as the type.
 */
export function avroBody<T>({ avro, schema }: Reader, writer: Writer): AvroBody<T> {
  const { name } = schema;
  const { id, prefix = prefixLength } = writer;
  const resolver = resolverFor(avro, schema, writer.schema);
  if (resolver instanceof Error)
    return () => {
      const reason = `schema ${id} cannot be read as it: ${resolver.message}`;
      throw undecodable(name, reason, resolver);
    };
  return (bytes) => {
    let result: { readonly value: T; readonly offset: number };
    try {
      result = avro.decode(bytes, prefix, resolver);
    } catch (cause) {
      throw undecodable(name, (cause as Error).message, cause);
    }
    const { value, offset } = result;
    if (offset < 0) throw undecodable(name, `truncated after ${bytes.length} bytes`);
    if (offset < bytes.length) throw undecodable(name, `${bytes.length - offset} bytes too many`);
    return value;
  };
}

/** Why bytes are no value of the type with this name. */
export function undecodable(name: string, reason: string, cause?: unknown): CodecError {
  return new CodecError(`cannot decode ${name}: ${reason}`, { cause });
}

type Resolver = ReturnType<avsc.Type['createResolver']>;

/** How to read what `writer` wrote; `undefined` when it is the reader's own schema, an error when it cannot be. */
function resolverFor(
  avro: avsc.Type,
  reader: RecordSchema,
  writer: RecordSchema,
): Resolver | undefined | Error {
  if (canonicalSchema(reader) === canonicalSchema(writer)) return undefined;
  try {
    return avro.createResolver(writerType(writer));
  } catch (cause) {
    return cause as Error;
  }
}
