import { deserialize, serialize } from 'node:v8';
import { StateMismatchError } from '../../contract/errors.ts';
import type { NewRecord } from '../../contract/event-log.ts';

/** Version of the layout. A later version must read this one. */
const VERSION = 1;

/** Encodes the records of a commit, in their order. */
export function encodeRecords(records: readonly NewRecord[]): Uint8Array {
  return serialize({ version: VERSION, records });
}

/** @throws StateMismatchError when a newer version wrote them. */
export function decodeRecords(bytes: Uint8Array): readonly NewRecord[] {
  const { version, records } = deserialize(bytes) as {
    readonly version: number;
    readonly records: readonly NewRecord[];
  };
  if (version === VERSION) return records;
  throw new StateMismatchError(
    `the records of the last commit have version ${version}, this release reads ${VERSION}: run the release that wrote them, or a newer one`,
  );
}
