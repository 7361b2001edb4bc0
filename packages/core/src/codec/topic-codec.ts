import { OptionError } from '../contract/errors.ts';
import type { EventType, RecordSchema } from '../contract/event-type.ts';
import type { SchemaRegistry } from '../contract/schema-registry.ts';
import type {
  TopicCodec,
  TopicOptions,
  ValueDecoder,
  WireFormat,
} from '../contract/topic-codec.ts';
import { avroBody, undecodable } from './avro-body.ts';
import { avroDecoder, avroEncoder, prefixedEncoder } from './avro-codec.ts';
import { avroType } from './avro-type.ts';
import { checkReadable } from './check-readable.ts';
import { jsonReader } from './json-reader.ts';
import { jsonWriter } from './json-writer.ts';
import type { AvroNode } from './resolution/avro-node.ts';
import { parseSchema } from './resolution/parse-schema.ts';
import { haveSameLayout } from './resolution/same-layout.ts';
import { schemaFingerprint } from './schema-fingerprint.ts';
import { schemaIdOf } from './wire-format.ts';

/** A topic whose values are to be written and read. */
export interface CodecOptions<T> extends Pick<TopicOptions, 'format' | 'writtenWith'> {
  readonly topic: string;
  readonly type: EventType<RecordSchema, T>;
  readonly registry: SchemaRegistry;
}

/**
 * Makes the codec of a topic.
 *
 * @throws OptionError when its options do not go together.
 */
export function topicCodec<T>(options: CodecOptions<T>): TopicCodec<T> {
  const { topic, format = 'confluent', writtenWith = [] } = options;
  const make = codecs[format];
  if (!make)
    throw new OptionError(
      `format of topic ${topic} is one of ${Object.keys(codecs).join(', ')}, not ${String(format)}`,
    );
  const isTold = format === 'avro' || format === 'single-object';
  if (writtenWith.length > 0 && !isTold)
    throw new OptionError(
      `writtenWith of topic ${topic} goes with the formats avro and single-object: ${format} has other ways to find a schema`,
    );
  if (format === 'avro' && writtenWith.length > 1)
    throw new OptionError(
      `writtenWith of topic ${topic} holds ${writtenWith.length} schemas, and bare Avro does not say which a value has: give one`,
    );
  return make(options);
}

const codecs: Readonly<Record<WireFormat, <T>(options: CodecOptions<T>) => TopicCodec<T>>> = {
  confluent: ({ topic, type, registry }) => ({
    // Registered under `<topic>-value`, as Kafka's clients do.
    encoder: async () => avroEncoder(type, await registry.register(`${topic}-value`, type.schema)),
    decoder: () => ({ ...avroDecoder(type, registry), schemaIdOf }),
    async checkReadable() {
      const subject = `${topic}-value`;
      const newest = await registry.newest(subject, type.schema).catch(() => undefined);
      if (newest) checkReadable(type, newest, `the newest schema of ${subject}`);
    },
  }),
  avro: ({ topic, type, writtenWith = [] }) => ({
    encoder: async () => prefixedEncoder(type, new Uint8Array()),
    decoder() {
      const body = bodyReader(type, writtenWith[0] ?? type.schema, 0);
      return synchronous(body);
    },
    async checkReadable() {
      for (const writer of writtenWith)
        checkReadable(type, writer, `a schema of writtenWith of topic ${topic}`);
    },
  }),
  'single-object': ({ topic, type, writtenWith = [] }) => ({
    async encoder() {
      checkTellable(topic, [...writtenWith, type.schema]);
      return prefixedEncoder(type, singleObjectPrefix(type.schema));
    },
    decoder() {
      checkTellable(topic, writtenWith);
      // Where a given schema has the fingerprint of the type's own, it is what the values were written with.
      const bodies = new Map(
        [type.schema, ...writtenWith].map((schema) => {
          const prefix = singleObjectPrefix(schema);
          return [fingerprintText(prefix), bodyReader(type, schema, prefix.length)];
        }),
      );
      return synchronous((value) => {
        const { name } = type.schema;
        if (value[0] !== 0xc3 || value[1] !== 0x01 || value.length < 10)
          throw undecodable(name, 'it does not start as a single object of Avro does');
        const body = bodies.get(fingerprintText(value));
        if (body) return body(value);
        throw undecodable(
          name,
          `no schema of writtenWith has the fingerprint ${fingerprintText(value)}`,
        );
      });
    },
    async checkReadable() {
      for (const writer of writtenWith)
        checkReadable(type, writer, `a schema of writtenWith of topic ${topic}`);
    },
  }),
  json: ({ type }) => {
    const write = jsonWriter(type);
    return {
      encoder: async () => write,
      decoder: () => synchronous(jsonReader(type)),
      checkReadable: async () => {},
    };
  },
};

/** Reads values of one schema that stand behind so many bytes. */
function bodyReader<T>(
  { schema, longs }: EventType<RecordSchema, T>,
  writer: RecordSchema,
  prefix: number,
): (value: Uint8Array) => T {
  const body = avroBody<T>(
    { avro: avroType(schema, longs), schema },
    { id: 'given', schema: writer, prefix },
  );
  return (value) => body(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
}

/** A decoder that needs nothing fetched. */
function synchronous<T>(decode: (value: Uint8Array) => T): ValueDecoder<T> {
  return {
    prepare: async () => {},
    decode: ({ value }) => decode(value),
    schemaIdOf: () => undefined,
  };
}

/**
 * A fingerprint leaves out logical types: of two schemas that differ in nothing else, a value does not
 * say which it has.
 *
 * @throws OptionError when there are such two.
 */
function checkTellable(topic: string, schemas: readonly RecordSchema[]): void {
  const known = new Map<string, AvroNode>();
  for (const schema of schemas) {
    const fingerprint = fingerprintText(singleObjectPrefix(schema));
    const [one, other] = [known.get(fingerprint), parseSchema(schema)];
    known.set(fingerprint, other);
    if (!one || haveSameLayout(one, other) || haveSameLayout(other, one)) continue;
    throw new OptionError(
      `topic ${topic} would have values of two schemas of ${schema.name} that differ in logical types only, ` +
        'and single objects do not say which a value has: give one of them, or declare the event type as it is written',
    );
  }
}

/** Source: Apache Avro 1.12 specification, "Single-object encoding". */
function singleObjectPrefix(schema: RecordSchema): Uint8Array {
  return Uint8Array.of(0xc3, 0x01, ...schemaFingerprint(schema));
}

function fingerprintText(value: Uint8Array): string {
  return Buffer.from(value.subarray(2, 10)).toString('hex');
}
