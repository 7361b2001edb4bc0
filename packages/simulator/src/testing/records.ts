import { createHash } from 'node:crypto';
import type { Position, Share } from '../model/population.ts';
import { RecordBlock, type RecordList } from '../records/record-block.ts';
import { listsOf, type RecordFormat, recordWriter } from '../records/record-format.ts';
import { localSource, type RecordSource } from '../records/record-source.ts';
import type { SimulationOptions } from '../simulation-options.ts';
import { prepareSite } from '../site.ts';

export const lines: RecordFormat = { kind: 'json', ids: false, together: false, keyed: false };

/** A source of these options. */
export function sourceOf(
  options: SimulationOptions,
  format: RecordFormat,
  part: { readonly after?: Position; readonly share?: Share } = {},
): RecordSource {
  const site = prepareSite(options);
  return localSource(site, recordWriter(site, format), part);
}

/** Everything that a source gives, in blocks of some size; `onBlock` sees each. */
export async function drain(
  source: RecordSource,
  format: RecordFormat,
  { capacity = 512, onBlock = (_: RecordBlock): void => undefined } = {},
): Promise<readonly Buffer[][]> {
  const block = new RecordBlock(listsOf(format), capacity);
  const records = block.lists.map((): Buffer[] => []);
  while ((await source.peek()) !== undefined) {
    block.clear();
    await source.fill(block, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    for (const [i, list] of block.lists.entries()) records[i]?.push(...split(list));
    onBlock(block);
  }
  return records;
}

/** Copies of the records of a list. */
export const split = (list: RecordList): Buffer[] =>
  Array.from({ length: list.count }, (_, i) =>
    Buffer.from(list.bytes.subarray(list.startOf(i), list.ends[i])),
  );

/** A short name for records that is compared faster than their bytes. */
export const digestOf = (records: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const record of records) hash.update(record);
  return `${records.length} records, ${hash.digest('hex')}`;
};

export const textOf = (records: readonly Buffer[] | undefined): string =>
  Buffer.concat(records ?? []).toString();
