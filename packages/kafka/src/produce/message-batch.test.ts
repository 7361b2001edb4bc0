import type { Message } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { endOfBatch } from './message-batch.ts';

const room = () => ({ messages: 1_000, bytes: 900_000, isEmpty: true });
const messages = (count: number, bytes: number): Message[] =>
  Array.from({ length: count }, () => ({ key: 'key', value: Buffer.alloc(bytes) }));

/** How many messages each batch has. */
function batches(all: readonly Message[]): number[] {
  const sizes: number[] = [];
  for (let from = 0; from < all.length; ) {
    const end = endOfBatch(all, from, room());
    sizes.push(end - from);
    from = end;
  }
  return sizes;
}

describe('a batch', () => {
  it('has a thousand messages at most', () => {
    expect(batches(messages(2_500, 10))).toEqual([1_000, 1_000, 500]);
  });

  it('stays below what a broker takes at once', () => {
    expect(batches(messages(10, 400_000))).toEqual([2, 2, 2, 2, 2]);
  });

  it('counts bytes and not characters, of keys and of headers', () => {
    const text = '音楽を聴く人の長い名前がここに並んでいる'.repeat(10);
    const [key, header] = [
      { key: text, value: null },
      { key: 'k', value: null },
    ];
    const many = Array.from({ length: 3_000 }, () => key);
    const named = Array.from({ length: 3_000 }, () => ({ ...header, headers: { [text]: text } }));
    const bytes = Buffer.byteLength(text);
    for (const size of batches(many)) expect(size * bytes).toBeLessThan(900_000);
    for (const size of batches(named)) expect(size * 2 * bytes).toBeLessThan(900_000);
  });

  it('takes a message that is larger than that, alone', () => {
    expect(batches([...messages(1, 10), ...messages(2, 2_000_000)])).toEqual([1, 1, 1]);
  });

  it('counts headers', () => {
    const headers = { reason: 'x'.repeat(500_000) };
    expect(batches(messages(3, 10).map((message) => ({ ...message, headers })))).toEqual([1, 1, 1]);
  });

  it('is filled from several publishes', () => {
    const left = room();
    expect(endOfBatch(messages(600, 10), 0, left)).toBe(600);
    expect(endOfBatch(messages(600, 10), 0, left)).toBe(400);
    expect(endOfBatch(messages(600, 10), 0, left)).toBe(0);
  });
});
