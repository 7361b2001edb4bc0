import { describe, expect, it } from 'vitest';
import { committedRecords, type FetchedPartition } from './fetched.ts';

type Message = FetchedPartition['messages'][number];

const message = (offset: number, options: Partial<Message> & { by?: string } = {}): Message => ({
  offset: String(offset),
  timestamp: '1700000000000',
  key: Buffer.from(`k${offset}`),
  value: Buffer.from(`v${offset}`),
  headers: {},
  isControlRecord: false,
  batchContext: { producerId: options.by ?? '-1', inTransaction: options.by !== undefined },
  ...options,
});
/** Ends a producer's transaction. */
const end = (offset: number, by: string) => message(offset, { by, isControlRecord: true });
const partition = (
  messages: readonly Message[],
  aborted: FetchedPartition['abortedTransactions'] = [],
): FetchedPartition => ({ messages, abortedTransactions: aborted, lastStableOffset: '1000' });
const offsets = (fetched: FetchedPartition, from = 0) => {
  const { records, next } = committedRecords(fetched, from);
  return { offsets: records.map(({ offset }) => offset), next };
};

describe('committedRecords', () => {
  it('leaves out what lies before the offset that was asked for', () => {
    expect(offsets(partition([message(3), message(4), message(5)]), 4)).toEqual({
      offsets: [4, 5],
      next: 6,
    });
  });

  it('leaves out aborted transactions, and nothing else of their producers', () => {
    const messages = [
      message(0, { by: '7' }),
      end(1, '7'),
      message(2, { by: '7' }),
      message(3, { by: '8' }),
      message(4),
      end(5, '7'),
      message(6, { by: '7' }),
      end(7, '8'),
      end(8, '7'),
    ];
    const aborted = [{ producerId: '7', firstOffset: '2' }];
    expect(offsets(partition(messages, aborted))).toEqual({ offsets: [0, 3, 4, 6], next: 9 });
    expect(offsets(partition(messages))).toEqual({ offsets: [0, 2, 3, 4, 6], next: 9 });
  });

  it('knows transactions that were open before the first record fetched, and several at once', () => {
    const messages = [message(10, { by: '7' }), message(11, { by: '8' }), message(12, { by: '9' })];
    const aborted = [
      { producerId: '8', firstOffset: '4' },
      { producerId: '7', firstOffset: '2' },
    ];
    expect(offsets(partition(messages, aborted), 10)).toEqual({ offsets: [12], next: 13 });
  });

  it('goes on behind control records, and behind what compaction has emptied', () => {
    expect(offsets(partition([end(4, '7')]), 4)).toEqual({ offsets: [], next: 5 });
    expect(offsets(partition([]), 4)).toEqual({ offsets: [], next: 1_000 });
    expect(offsets({ ...partition([]), lastStableOffset: '2' }, 4)).toEqual({
      offsets: [],
      next: 4,
    });
  });

  it('gives keys, values, headers and times as records of the log', () => {
    const headers = {
      reason: Buffer.from('späte'),
      twice: [Buffer.from('a'), Buffer.from('b')],
      none: null,
    };
    const [first, second] = committedRecords(
      partition([message(0, { headers }), message(1, { key: null, value: null })]),
      0,
    ).records;
    expect(first).toEqual({
      offset: 0,
      key: 'k0',
      value: Buffer.from('v0'),
      loggedAt: 1_700_000_000_000,
      headers: { reason: 'späte', twice: 'b', none: '' },
    });
    expect(second).toEqual({
      offset: 1,
      key: '',
      value: new Uint8Array(),
      loggedAt: 1_700_000_000_000,
    });
  });
});
