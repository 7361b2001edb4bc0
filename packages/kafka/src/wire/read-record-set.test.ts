import { LogCorruptedError, OptionError } from '@streamify/core';
import type { Message } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { crc32c } from './crc32c.ts';
import { encodeProduceRequest, type ProduceRequest } from './produce-request.ts';
import { type FetchedPartition, readRecordSet } from './read-record-set.ts';
import { attribute, field } from './record-batch.ts';

/** The batch that a broker would store for these messages, from `offset` on. */
async function batch(
  offset: number,
  messages: readonly Message[],
  request: Partial<ProduceRequest> & { readonly attributes?: number } = {},
): Promise<Buffer> {
  const encoded = await encodeProduceRequest({
    acks: -1,
    timeout: 1_000,
    topicData: [{ topic: 'plays', partitions: [{ partition: 3, messages }] }],
    ...request,
  });
  const reader = new ByteReader(encoded);
  reader.bytes(Math.max(0, reader.int16()));
  reader.int16();
  reader.int32();
  reader.int32();
  expect([reader.string(), reader.int32(), reader.int32()]).toEqual(['plays', 1, 3]);
  const bytes = reader.bytes(reader.int32());
  expect(reader.at).toBe(encoded.length);
  bytes.writeBigInt64BE(BigInt(offset), field.baseOffset);
  const { attributes = 0 } = request;
  bytes.writeInt16BE(bytes.readInt16BE(field.attributes) | attributes, field.attributes);
  return sealed(bytes);
}

function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes, field.attributes), field.crc);
  return bytes;
}

const message = (n: number): Message => ({ key: `k${n}`, value: Buffer.from(`v${n}`) });
const messages = (first: number, count: number) =>
  Array.from({ length: count }, (_, i) => message(first + i));
const of = (producerId: number) => ({ producerId, producerEpoch: 0, transactionalId: 'task' });
const end = (offset: number, producerId: number) =>
  batch(offset, [message(offset)], { ...of(producerId), attributes: attribute.control });
const fetched = (
  batches: readonly Buffer[],
  aborted: FetchedPartition['aborted'] = [],
): FetchedPartition => ({ recordSet: Buffer.concat(batches), aborted });
/** All that was fetched, at once. */
const read = async (partition: FetchedPartition, from: number) =>
  readRecordSet(partition, from).take(1e9, 1e9);
const offsets = async (partition: FetchedPartition, from = 0) => {
  const { records, next } = await read(partition, from);
  return { offsets: records.map(({ offset }) => offset), next };
};

describe('a record set', () => {
  it('gives back what was published', async () => {
    const sent: Message[] = [
      { key: 'ann', value: Buffer.from([0, 1, 255]), timestamp: '1700000000000' },
      { key: 'Beyoncé 🎵 '.repeat(9), value: Buffer.alloc(100_000, 7), timestamp: '1700000000007' },
      { key: null, value: null, timestamp: '1699999999000' },
      {
        key: '',
        value: '',
        timestamp: '1700000000000',
        headers: { file: 'lïsten', twice: ['a', 'b'], bytes: Buffer.from([0x78, 0xff]) },
      },
    ];
    const { records, next } = await read(fetched([await batch(40, sent)]), 40);
    expect(next).toBe(44);
    expect(records.map(({ offset, key, loggedAt }) => ({ offset, key, loggedAt }))).toEqual([
      { offset: 40, key: 'ann', loggedAt: 1_700_000_000_000 },
      { offset: 41, key: 'Beyoncé 🎵 '.repeat(9), loggedAt: 1_700_000_000_007 },
      { offset: 42, key: '', loggedAt: 1_699_999_999_000 },
      { offset: 43, key: '', loggedAt: 1_700_000_000_000 },
    ]);
    expect(records.map(({ value }) => value.length)).toEqual([3, 100_000, 0, 0]);
    expect(records[0]?.value).toEqual(Buffer.from([0, 1, 255]));
    expect(records.map(({ headers }) => headers)).toEqual([
      undefined,
      undefined,
      undefined,
      { file: 'lïsten', twice: ['a', 'b'], bytes: Buffer.from([0x78, 0xff]) },
    ]);
  });

  it.each([
    [1, 'gzip'],
    [2, 'snappy'],
  ])('reads what compression %i, %s, has written', async (compression) => {
    const bytes = await batch(0, messages(0, 2_000), { compression });
    expect(bytes.length).toBeLessThan((await batch(0, messages(0, 2_000))).length);
    const { records } = await read(fetched([bytes]), 0);
    expect(records.map(({ key, value }) => [key, String(value)])).toEqual(
      messages(0, 2_000).map(({ key, value }) => [key, String(value)]),
    );
  });

  it('says what to do about a compression that nobody here knows', async () => {
    const bytes = await batch(0, messages(0, 1));
    bytes.writeInt16BE(6, field.attributes);
    await expect(read(fetched([sealed(bytes)]), 0)).rejects.toThrow(OptionError);
  });

  it('has the time of the log where the topic is set to that', async () => {
    const bytes = await batch(
      0,
      [
        { ...message(0), timestamp: '1' },
        { ...message(1), timestamp: '9' },
      ],
      {
        attributes: attribute.logAppendTime,
      },
    );
    const { records } = await read(fetched([bytes]), 0);
    expect(records.map(({ loggedAt }) => loggedAt)).toEqual([9, 9]);
  });

  it('starts at the offset that was asked for, and leaves out a batch that is cut off', async () => {
    const batches = [await batch(0, messages(0, 5)), await batch(5, messages(5, 5))];
    expect(await offsets(fetched(batches), 3)).toEqual({
      offsets: [3, 4, 5, 6, 7, 8, 9],
      next: 10,
    });
    const cut = Buffer.concat(batches).subarray(0, -1);
    expect(await offsets(fetched([cut]), 3)).toEqual({ offsets: [3, 4], next: 5 });
  });

  it('leaves out aborted transactions, and nothing else of their producers', async () => {
    const batches = [
      await batch(0, messages(0, 2), of(7)),
      await end(2, 7),
      await batch(3, messages(3, 1), of(7)),
      await batch(4, messages(4, 1), of(8)),
      await batch(5, messages(5, 1)),
      await end(6, 7),
      await batch(7, messages(7, 1), of(7)),
      await end(8, 8),
      await end(9, 7),
    ];
    const aborted = [{ producerId: '7', firstOffset: 3 }];
    expect(await offsets(fetched(batches, aborted))).toEqual({
      offsets: [0, 1, 4, 5, 7],
      next: 10,
    });
    expect(await offsets(fetched(batches))).toEqual({ offsets: [0, 1, 3, 4, 5, 7], next: 10 });
  });

  it('knows transactions that were open before the first batch, and several at once', async () => {
    const batches = await Promise.all(
      [7, 8, 9].map((id, i) => batch(10 + i, messages(i, 1), of(id))),
    );
    const aborted = [
      { producerId: '8', firstOffset: 4 },
      { producerId: '7', firstOffset: 2 },
    ];
    expect(await offsets(fetched(batches, aborted), 10)).toEqual({ offsets: [12], next: 13 });
  });

  it('goes on behind what compaction has removed', async () => {
    const emptied = await batch(4, messages(4, 3));
    emptied.writeInt32BE(0, field.count);
    expect(await offsets(fetched([sealed(emptied)]), 4)).toEqual({ offsets: [], next: 7 });
  });

  it('does not go on where the broker has given nothing, or not all of a batch', async () => {
    expect(await offsets(fetched([]), 4)).toEqual({ offsets: [], next: 4 });
    const cut = (await batch(4, messages(4, 3))).subarray(0, -1);
    expect(await offsets(fetched([cut]), 4)).toEqual({ offsets: [], next: 4 });
  });

  it('is refused when a bit is wrong, or when it is of another format', async () => {
    const bytes = await batch(6, messages(0, 3));
    bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    await expect(read(fetched([bytes]), 0)).rejects.toThrow(LogCorruptedError);
    await expect(read(fetched([bytes]), 0)).rejects.toThrow(
      'the record batch at offset 6 is damaged',
    );
    const old = await batch(6, messages(0, 3));
    old[field.magic] = 1;
    await expect(read(fetched([old]), 0)).rejects.toThrow('has format 1');
  });

  it('is read bit by bit, as far as is asked for', async () => {
    const batches = [
      await batch(0, messages(0, 5)),
      await end(5, 7),
      await batch(6, messages(6, 3)),
    ];
    const records = readRecordSet(fetched(batches), 1);
    const seen: (readonly number[])[] = [];
    while (!records.isEmpty) {
      const before = records.position;
      const slice = await records.take(3, 1e9);
      expect(slice.records[0]?.offset).toBeGreaterThanOrEqual(before);
      expect(slice.next).toBe(records.position);
      seen.push([...slice.records.map(({ offset }) => offset), slice.next]);
    }
    expect(seen).toEqual([
      [1, 2, 3, 4],
      [4, 6, 7, 8],
      [8, 9],
    ]);
    expect(records.next).toBe(9);
    const bytes = readRecordSet(fetched(batches), 0);
    expect((await bytes.take(100, 9)).records.length).toBe(2);
    expect((await bytes.take(100, 1)).records.length).toBe(1);
  });
});
