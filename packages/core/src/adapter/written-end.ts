import type { PartitionReader } from '../contract/event-log.ts';

/** The offset behind what a partition holds by now, transactions included that have not ended: where a run ends that is to read all there is. */
export async function writtenEnd(reader: PartitionReader): Promise<number> {
  return reader.written ? reader.written() : (await reader.bounds()).end;
}
