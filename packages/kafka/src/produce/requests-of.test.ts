import { describe, expect, it } from 'vitest';
import { type PartitionMessages, requestsOf } from './requests-of.ts';

const part = (partition: number, sizes: readonly number[]): PartitionMessages => ({
  topic: 'plays',
  partition,
  messages: sizes.map((size, i) => ({ key: String(i), value: Buffer.alloc(size) })),
});

const bytesOf = ({ messages }: PartitionMessages) =>
  messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);

describe('requests', () => {
  it('have all messages of a partition in their order, each partition once', () => {
    const parts = [part(0, Array(5_000).fill(300)), part(1, [10]), part(2, Array(20).fill(90_000))];
    const requests = [...requestsOf(parts, 900_000)];
    for (const request of requests) {
      const partitions = request.map(({ partition }) => partition);
      expect(new Set(partitions).size).toBe(partitions.length);
      for (const batch of request) expect(bytesOf(batch)).toBeLessThanOrEqual(900_000);
    }
    for (const { partition, messages } of parts) {
      const sent = requests
        .flat()
        .filter((batch) => batch.partition === partition)
        .flatMap((batch) => batch.messages);
      expect(sent).toEqual(messages);
    }
  });

  it('take a message that is larger than all others together by itself', () => {
    const requests = [...requestsOf([part(0, [10, 2_000_000, 10])], 900_000)];
    expect(requests.map((request) => request.map(({ messages }) => messages.length))).toEqual([
      [1],
      [1],
      [1],
    ]);
  });

  it('are few where partitions have little', () => {
    const parts = Array.from({ length: 50 }, (_, partition) => part(partition, [100, 100]));
    expect([...requestsOf(parts, 900_000)].length).toBe(1);
    expect([...requestsOf([part(0, [])], 900_000)]).toEqual([]);
  });
});
