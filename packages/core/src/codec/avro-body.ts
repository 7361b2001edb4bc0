import type avsc from 'avsc';
import { CodecError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { AvroReader } from './avro-tap.ts';
import { canonicalSchema } from './canonical-schema.ts';
import { parseSchema } from './resolution/parse-schema.ts';
import { resolveSchema } from './resolution/resolve-schema.ts';
import { haveSameLayout } from './resolution/same-layout.ts';
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
 * Makes what reads bodies of one schema. It throws a CodecError for a value that cannot be read as the
 * type, and for each where the schema is not Avro.
 */
export function avroBody<T>({ avro, schema }: Reader, writer: Writer): AvroBody<T> {
  const { name } = schema;
  const { id, prefix = prefixLength } = writer;
  const wrote = id === 'given' ? 'the given schema' : `schema ${id}`;
  const resolver = resolverFor({ avro, schema }, writer);
  if (resolver instanceof Error)
    return () => {
      const reason = `${wrote} is not valid Avro: ${resolver.message}`;
      throw undecodable(name, reason, resolver);
    };
  return (bytes) => {
    let result: { readonly value: T; readonly offset: number };
    try {
      result = avro.decode(bytes, prefix, resolver as never);
    } catch (cause) {
      const by = resolver ? `, written with ${wrote}` : '';
      throw undecodable(`${name}${by}`, reasonOf(cause as Error, bytes), cause);
    }
    const { value, offset } = result;
    if (offset < 0) throw undecodable(name, `truncated after ${bytes.length} bytes`);
    if (offset < bytes.length) throw undecodable(name, `${bytes.length - offset} bytes too many`);
    return value;
  };
}

/** What ends a read that is not a sentence of ours: bytes that end too early, or parts within parts. */
function reasonOf(cause: Error, bytes: Buffer): string {
  if (cause instanceof RangeError) return 'it is nested too deeply';
  return cause instanceof TypeError ? `truncated after ${bytes.length} bytes` : cause.message;
}

/** Why bytes are no value of the type with this name. */
export function undecodable(name: string, reason: string, cause?: unknown): CodecError {
  return new CodecError(`cannot decode ${name}: ${reason}`, { cause });
}

/** What avsc's `decode` takes a value with, instead of the type's own reader. */
interface Resolver extends AvroReader {
  readonly _readerType: avsc.Type;
}

/** How to read what `writer` wrote; `undefined` when it is as the reader's own schema, an error when it is none. */
export function resolverFor(
  { avro, schema }: Reader,
  writer: Writer,
): Resolver | undefined | Error {
  if (canonicalSchema(schema) === canonicalSchema(writer.schema)) return undefined;
  try {
    const [from, to] = [parseSchema(writer.schema), parseSchema(schema)];
    if (haveSameLayout(from, to)) return undefined;
    const reader = resolveSchema(from, to, avro);
    const { refusal } = reader;
    return {
      _readerType: avro,
      _read: (tap) => reader._read(tap),
      ...(refusal !== undefined && { refusal }),
    };
  } catch (cause) {
    if (cause instanceof RangeError) return new Error('it is nested too deeply');
    return cause as Error;
  }
}
