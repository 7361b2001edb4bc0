import type { LogRecord } from '@streamify/core';

/** What kafkajs gives of a partition that was fetched. */
export interface FetchedPartition {
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly AbortedTransaction[] | null;
  /** All records, those of aborted transactions and control records too. */
  readonly messages: readonly FetchedMessage[];
}

interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

interface FetchedMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, HeaderValue | HeaderValue[]>>;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

type HeaderValue = Buffer | null;

/** Committed records of a partition, and the offset behind all that was fetched. */
export interface Fetched {
  readonly records: readonly LogRecord[];
  readonly next: number;
}

const nothing = new Uint8Array();

/**
 * Takes out what a reader of committed records sees, from `from` on.
 *
 * A transaction that was aborted starts at a known offset and ends with a control record of its
 * producer. Source: KIP-98, "Consumer".
 */
export function committedRecords(partition: FetchedPartition, from: number): Fetched {
  const { messages, lastStableOffset } = partition;
  const last = messages.at(-1);
  // Compaction may have emptied all batches up to here.
  if (!last) return { records: [], next: Math.max(from, Number(lastStableOffset)) };
  const isAborted = abortedMessages(partition.abortedTransactions ?? []);
  const records: LogRecord[] = [];
  for (const message of messages) {
    const offset = Number(message.offset);
    if (isAborted(message, offset) || message.isControlRecord || offset < from) continue;
    const { key, value, headers } = message;
    const record = {
      offset,
      key: key === null ? '' : key.toString(),
      value: value ?? nothing,
      loggedAt: Number(message.timestamp),
    };
    records.push(hasHeaders(headers) ? { ...record, headers: textHeaders(headers) } : record);
  }
  return { records, next: Math.max(from, Number(last.offset) + 1) };
}

/** Tells the messages of aborted transactions, which come in the order of their offsets. */
function abortedMessages(transactions: readonly AbortedTransaction[]) {
  if (transactions.length === 0) return () => false;
  const starts = transactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: Number(firstOffset) }))
    .sort((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<string>();
  let started = 0;
  return ({ isControlRecord, batchContext }: FetchedMessage, offset: number): boolean => {
    for (; started < starts.length; started++) {
      const { producerId, firstOffset } = starts[started] as (typeof starts)[number];
      if (firstOffset > offset) break;
      open.add(producerId);
    }
    // Commits and aborts both end what their producer had open.
    if (isControlRecord) return open.delete(batchContext.producerId);
    return batchContext.inTransaction && open.has(batchContext.producerId);
  };
}

function hasHeaders(headers: FetchedMessage['headers']): boolean {
  for (const _ in headers) return true;
  return false;
}

/** Headers as text; of several with one name, the last. */
function textHeaders(headers: FetchedMessage['headers']): Record<string, string> {
  const text: Record<string, string> = {};
  for (const [name, values] of Object.entries(headers)) {
    const value = Array.isArray(values) ? values.at(-1) : values;
    text[name] = value?.toString() ?? '';
  }
  return text;
}
