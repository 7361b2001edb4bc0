import { ByteReader } from './byte-reader.ts';
import type { FetchedPartition } from './read-record-set.ts';

/** The version of the Fetch API that is read here: Kafka has it since 2.3. */
export const fetchVersion = 11;

/** A broker's answer to a fetch, with record sets as they are. */
export interface FetchResponse {
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly (FetchedPartition & {
      readonly partition: number;
      readonly errorCode: number;
    })[];
  }[];
}

/** Reads a Fetch response. Source: Apache Kafka documentation, "Protocol", "Fetch Response (Version: 11)". */
export function decodeFetchResponse(buffer: Buffer): FetchResponse {
  const reader = new ByteReader(buffer);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  reader.int32(); // the session: there is none
  const responses = reader.array(() => ({
    topicName: reader.string(),
    partitions: reader.array(() => partitionOf(reader)),
  }));
  return { clientSideThrottleTime, errorCode, responses };
}

function partitionOf(reader: ByteReader) {
  const partition = reader.int32();
  const errorCode = reader.int16();
  reader.int64(); // the high watermark
  reader.int64(); // the last stable offset
  reader.int64(); // where the log starts
  const aborted = reader.array(() => ({ producerId: reader.id(), firstOffset: reader.int64() }));
  reader.int32(); // the replica to prefer
  const recordSet = reader.bytes(Math.max(0, reader.int32()));
  return { partition, errorCode, aborted, recordSet };
}
