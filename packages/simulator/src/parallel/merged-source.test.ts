import { describe, expect, test } from 'vitest';
import { RecordBlock } from '../records/record-block.ts';
import { listsOf, type RecordFormat } from '../records/record-format.ts';
import { digestOf, drain, lines, sourceOf, textOf } from '../testing/records.ts';
import { type BlockFeed, mergedSource } from './merged-source.ts';
import { toMessage } from './share-message.ts';

const options = { users: 120, days: 10, seed: 9, growthRate: 3 };

/** A share without a thread, in blocks of some size. */
function feed(format: RecordFormat, share: { index: number; of: number }, size: number): BlockFeed {
  const source = sourceOf(options, format, { share });
  const block = new RecordBlock(listsOf(format), size);
  return {
    async next() {
      block.clear();
      if ((await source.peek()) === undefined) return undefined;
      await source.fill(block, Number.POSITIVE_INFINITY, size);
      return toMessage(block);
    },
    close: async () => undefined,
  };
}

const merged = (format: RecordFormat, of: number, size = 50) =>
  mergedSource(Array.from({ length: of }, (_, index) => feed(format, { index, of }, size)));

describe('shares of the users', () => {
  const formats: readonly (readonly [string, RecordFormat])[] = [
    ['lines', lines],
    ['lines together', { kind: 'json', ids: true, together: true, keyed: false }],
    ['Avro', { kind: 'avro', keyed: true }],
  ];
  test.each(
    formats.flatMap(([name, format]) => [1, 2, 3, 4].map((of) => [of, name, format] as const)),
  )('merged from %i give the bytes of one: %s', async (of, _, format) => {
    const keys = { one: [] as string[], merged: [] as string[] };
    const collect = (into: string[]) => (block: RecordBlock) =>
      void into.push(...block.keys.slice(0, block.actions));
    const one = await drain(sourceOf(options, format), format, { onBlock: collect(keys.one) });
    const other = await drain(merged(format, of), format, {
      capacity: 77,
      onBlock: collect(keys.merged),
    });
    expect(other.map(digestOf)).toEqual(one.map(digestOf));
    expect(keys.merged).toEqual(keys.one);
  });

  test('stop at a time', async () => {
    const [one, other] = [sourceOf(options, lines), merged(lines, 3)];
    const until = ((await one.peek()) as number) + 100_000;
    const texts = await Promise.all(
      [one, other].map(async (source) => {
        const block = new RecordBlock(4, 100_000);
        await source.peek();
        await source.fill(block, until, Number.POSITIVE_INFINITY);
        expect(block.last?.time).toBeLessThanOrEqual(until);
        expect(await source.peek()).toBeGreaterThan(until);
        return textOf([block.lists[0]?.written ?? Buffer.alloc(0)]);
      }),
    );
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe('');
  });

  test('a share that fails, fails the whole', async () => {
    const broken: BlockFeed = {
      next: () => Promise.reject(new Error('out of memory')),
      close: async () => undefined,
    };
    const source = mergedSource([feed(lines, { index: 0, of: 2 }, 10), broken]);
    await expect(source.peek()).rejects.toThrow('out of memory');
  });
});
