import type { RecordBlock } from '../records/record-block.ts';

/** Where an output ends, as plain data: what it needs to go on from there. */
export type OutputMark = { readonly [key: string]: unknown };

/** Where records go. */
export interface RecordOutput {
  /** Writes the records of a block, which may be used again when it resolves. */
  write(block: RecordBlock): Promise<void> | void;
  /** Makes durable what was written, and tells where it ends. */
  mark(): Promise<OutputMark> | OutputMark;
  /** Writes what is left, if `write` kept anything back: nothing follows. */
  end(): Promise<void> | void;
  close(): Promise<void> | void;
}

/** Takes records, and keeps none. */
export const nowhere: RecordOutput = {
  write: () => undefined,
  mark: () => ({}),
  end: () => undefined,
  close: () => undefined,
};
