import { type Headers, LogCorruptedError } from '@streamify/core';
import { headersOf, type LogRecord, type Slice } from '@streamify/core/adapter';
import { ByteReader } from './byte-reader.ts';
import { decompress } from './codecs.ts';
import { crc32c } from './crc32c.ts';
import { attribute, field, magic } from './record-batch.ts';

/** A transaction that was aborted, and where its first record is. */
export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: number;
}

/** The records that a broker gave of a partition. Where it gave none, there may be some later, as from tiered storage. */
export interface FetchedPartition {
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches one after another; the last may be cut off. */
  readonly recordSet: Buffer;
}

/**
 * Finds the committed records of what was fetched, from the offset `from` on, and where to go on:
 * behind control records, aborted transactions, and what compaction has removed, too.
 *
 * A transaction that was aborted starts at a known offset and ends with a control record of its
 * producer. Source: KIP-98, "Consumer".
 *
 * @throws LogCorruptedError when a checksum is wrong, or a batch has a format from before Kafka 0.11.
 */
export function readRecordSet(partition: FetchedPartition, from: number): FetchedRecords {
  const { recordSet } = partition;
  const isAborted = abortedBatches(partition.aborted);
  const batches: Batch[] = [];
  let next = from;
  let at = 0;
  while (at + field.records <= recordSet.length) {
    const end = at + field.leaderEpoch + recordSet.readInt32BE(at + field.length);
    if (end > recordSet.length) break;
    const batch = headerOf(recordSet.subarray(at, end));
    next = Math.max(next, batch.lastOffset + 1);
    if (!isAborted(batch) && !batch.isControl && batch.lastOffset >= from) batches.push(batch);
    at = end;
  }
  return new FetchedRecords(batches, from, next);
}

/**
 * Records that were fetched, and not yet read. Their objects are made batch by batch as they are
 * read: all of what is fetched ahead would be more than a garbage collector likes to keep.
 */
export class FetchedRecords {
  readonly #batches: readonly Batch[];
  readonly #from: number;
  readonly #next: number;
  #batch = 0;
  #records: readonly LogRecord[] = [];
  #at = 0;
  #position: number;

  constructor(batches: readonly Batch[], from: number, next: number) {
    this.#batches = batches;
    this.#from = from;
    this.#next = next;
    this.#position = batches.length > 0 ? from : next;
  }

  /** The offset that comes next. */
  get position(): number {
    return this.#position;
  }

  /** The offset behind all of them. */
  get next(): number {
    return this.#next;
  }

  get isEmpty(): boolean {
    return this.#at === this.#records.length && this.#batch === this.#batches.length;
  }

  /** Takes records up to these limits; a single larger one is taken all the same. */
  async take(maxRecords: number, maxBytes: number): Promise<Slice> {
    const records: LogRecord[] = [];
    for (let bytes = 0; records.length < maxRecords && !this.isEmpty; ) {
      if (this.#at === this.#records.length) await this.#readBatch();
      const record = this.#records[this.#at];
      if (!record) continue;
      bytes += record.key.length + record.value.length;
      if (bytes > maxBytes && records.length > 0) break;
      records.push(record);
      this.#at++;
    }
    const following = this.#records[this.#at]?.offset ?? (records.at(-1)?.offset ?? -1) + 1;
    this.#position = this.isEmpty ? this.#next : Math.max(this.#position, following);
    return { records, next: this.#position };
  }

  async #readBatch(): Promise<void> {
    const batch = this.#batches[this.#batch++] as Batch;
    const records: LogRecord[] = [];
    readRecords(await recordsOf(batch), batch, this.#from, records);
    this.#records = records;
    this.#at = 0;
  }
}

interface Batch {
  readonly bytes: Buffer;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly attributes: number;
  readonly isControl: boolean;
  readonly producerId: string;
}

function headerOf(bytes: Buffer): Batch {
  const reader = new ByteReader(bytes);
  const baseOffset = reader.int64();
  if (bytes[field.magic] !== magic)
    throw new LogCorruptedError(
      `the record batch at offset ${baseOffset} has format ${bytes[field.magic]}, and Kafka writes ${magic} since 0.11`,
    );
  const crc = bytes.readUInt32BE(field.crc);
  const actual = crc32c(bytes, field.attributes);
  if (crc !== actual)
    throw new LogCorruptedError(
      `the record batch at offset ${baseOffset} is damaged: its checksum is ${actual}, and should be ${crc}`,
    );
  const attributes = bytes.readInt16BE(field.attributes);
  reader.at = field.producerId;
  return {
    bytes,
    baseOffset,
    lastOffset: baseOffset + bytes.readInt32BE(field.lastOffsetDelta),
    attributes,
    isControl: (attributes & attribute.control) !== 0,
    producerId: (attributes & attribute.transactional) === 0 ? '' : reader.id(),
  };
}

/** Tells the batches of aborted transactions, which come in the order of their offsets. */
function abortedBatches(aborted: readonly AbortedTransaction[]): (batch: Batch) => boolean {
  if (aborted.length === 0) return () => false;
  const starts = aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  const open = new Set<string>();
  let started = 0;
  return ({ lastOffset, isControl, producerId }) => {
    for (
      let start = starts[started];
      start && start.firstOffset <= lastOffset;
      start = starts[started]
    ) {
      open.add(start.producerId);
      started++;
    }
    // Commits and aborts both end what their producer had open.
    return isControl ? open.delete(producerId) : open.has(producerId);
  };
}

async function recordsOf({ bytes, attributes }: Batch): Promise<Buffer> {
  const records = bytes.subarray(field.records);
  const codec = attributes & attribute.compression;
  return codec === 0 ? records : decompress(codec, records);
}

/**
 * Reads the records of a batch. Source: Apache Kafka documentation, "Message Format", "Record".
 */
function readRecords(buffer: Buffer, batch: Batch, from: number, into: LogRecord[]): void {
  const { bytes, baseOffset, attributes } = batch;
  const header = new ByteReader(bytes, field.firstTimestamp);
  const firstTimestamp = header.int64();
  const maxTimestamp = header.int64();
  const isAppendTime = (attributes & attribute.logAppendTime) !== 0;
  const reader = new ByteReader(buffer);
  for (let left = bytes.readInt32BE(field.count); left > 0; left--) {
    const end = reader.varint() + reader.at;
    reader.at++; // attributes, of which a record has none
    const timestamp = firstTimestamp + reader.varlong();
    const offset = baseOffset + reader.varint();
    if (offset >= from) {
      const key = textOf(reader, reader.varint());
      const value = bytesOf(reader, reader.varint());
      const loggedAt = isAppendTime ? maxTimestamp : timestamp;
      const headers = reader.varint();
      into.push(
        headers === 0
          ? { offset, key, value, loggedAt }
          : { offset, key, value, loggedAt, headers: readHeaders(reader, headers) },
      );
    }
    reader.at = end;
  }
}

function readHeaders(reader: ByteReader, count: number): Headers {
  const named = Array.from({ length: count }, () => {
    const name = textOf(reader, reader.varint());
    const length = reader.varint();
    return [name, length < 0 ? null : bytesOf(reader, length)] as const;
  });
  return headersOf(named);
}

const nothing = Buffer.alloc(0);

function bytesOf(reader: ByteReader, length: number): Buffer {
  return length <= 0 ? nothing : reader.bytes(length);
}

/** Short ASCII texts, such as keys mostly are, need no call into native code. */
function textOf(reader: ByteReader, length: number): string {
  if (length <= 0) return '';
  const { buffer, at } = reader;
  reader.at = at + length;
  if (length > 32) return buffer.toString('utf8', at, at + length);
  let text = '';
  for (let i = at; i < at + length; i++) {
    const byte = buffer[i] as number;
    if (byte > 0x7f) return buffer.toString('utf8', at, at + length);
    text += String.fromCharCode(byte);
  }
  return text;
}
