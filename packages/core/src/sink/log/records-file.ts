import { deserialize, serialize } from 'node:v8';
import { StateMismatchError } from '../../contract/errors.ts';
import type { NewRecord } from '../../contract/event-log.ts';

/** Version of the layout. A later version must read this one. */
const VERSION = 2;

/** Encodes the records of a commit by topic, in their order. */
export function encodeRecords(records: ReadonlyMap<string, readonly NewRecord[]>): Uint8Array {
  return serialize({ version: VERSION, records });
}

/** @throws StateMismatchError when another version wrote them. */
export function decodeRecords(bytes: Uint8Array, topic: string): readonly NewRecord[] {
  const { version, records } = deserialize(bytes) as {
    readonly version: number;
    readonly records: ReadonlyMap<string, readonly NewRecord[]>;
  };
  if (version === VERSION) return records.get(topic) ?? [];
  throw new StateMismatchError(
    `the records of the last commit have version ${version}, this release reads ${VERSION}: run the release that wrote them, or a newer one`,
  );
}
