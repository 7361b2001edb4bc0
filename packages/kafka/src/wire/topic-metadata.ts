import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

/** The key of the Metadata API, and the version that is spoken here: the first with ids of topics, which Kafka has since 2.8. */
const metadataKey = 3;
const metadataVersion = 10;

/** A broker of kafkajs with the members by which it sends a request that kafkajs does not know. */
export interface RawBroker {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  readonly connectionPool: {
    send(call: {
      readonly request: object;
      readonly response: {
        readonly decode: (buffer: Buffer) => Promise<unknown>;
        readonly parse: (decoded: unknown) => Promise<unknown>;
      };
    }): Promise<unknown>;
  };
}

/** What a broker says of one topic. */
export interface TopicMetadata {
  /** Kafka's code of an error; 0 for none. */
  readonly errorCode: number;
  /** As Kafka's tools write it; `undefined` for a topic from before topics had ids. */
  readonly topicId: string | undefined;
}

/** Asks a broker for a topic by its name; `undefined` where it is older than topic ids. */
export async function askForTopic(
  { versions, connectionPool }: RawBroker,
  topic: string,
): Promise<TopicMetadata | undefined> {
  if ((versions?.[metadataKey]?.maxVersion ?? 0) < metadataVersion) return undefined;
  const buffer = encodeMetadataRequest(topic);
  return (await connectionPool.send({
    request: {
      apiKey: metadataKey,
      apiVersion: metadataVersion,
      apiName: 'Metadata',
      encode: async () => ({ buf: buffer, buffer, size: () => buffer.length }),
    },
    response: {
      decode: async (response) => decodeMetadataResponse(response),
      parse: async (decoded) => decoded,
    },
  })) as TopicMetadata;
}

/**
 * Writes a Metadata request for one topic. Its header ends with tags, which kafkajs, from before there were any,
 * leaves to the body. Source: Apache Kafka documentation, "Protocol", "Metadata Request (Version: 10)".
 */
export function encodeMetadataRequest(topic: string): Buffer {
  const writer = new ByteWriter(256);
  writer.int8(0); // tags of the header
  writer.uvarint(2); // one topic
  writer.bytes(Buffer.alloc(16)); // by its name
  writer.compactString(topic);
  writer.int8(0); // tags
  writer.int8(0); // makes no topics
  writer.int8(0); // no authorized operations of the cluster
  writer.int8(0); // nor of topics
  writer.int8(0); // tags
  return writer.written;
}

/** Reads the answer for the one topic. Source: Apache Kafka documentation, "Protocol", "Metadata Response (Version: 10)". */
export function decodeMetadataResponse(buffer: Buffer): TopicMetadata {
  const reader = new ByteReader(buffer);
  reader.tags(); // of the header
  reader.int32(); // throttled for so long
  for (let brokers = reader.uvarint() - 1; brokers > 0; brokers--) {
    reader.int32(); // its id
    reader.compactBytes(); // its host
    reader.int32(); // its port
    reader.compactBytes(); // its rack
    reader.tags();
  }
  reader.compactBytes(); // the cluster
  reader.int32(); // its controller
  reader.uvarint(); // one topic
  const errorCode = reader.int16();
  reader.compactBytes(); // its name
  const id = reader.bytes(16);
  return { errorCode, topicId: id.every((byte) => byte === 0) ? undefined : textOf(id) };
}

/** An id as Kafka's tools write it: base64 for URLs. */
function textOf(id: Buffer): string {
  return id.toString('base64url');
}
