import { describe, expect, test } from 'vitest';
import type { Position } from '../model/population.ts';
import { digestOf, drain, lines, sourceOf } from '../testing/records.ts';
import type { RecordBlock } from './record-block.ts';

const options = { users: 100, days: 10, seed: 2, growthRate: 4 };
const total = (records: readonly Buffer[][]) => records.map((list) => Buffer.concat(list));

describe('a simulation that goes on', () => {
  test('behind any position gives exactly the rest', async () => {
    const positions: { at: Position; lengths: number[] }[] = [];
    const written = [0, 0, 0, 0];
    const onBlock = (block: RecordBlock) => {
      for (const [i, list] of block.lists.entries()) written[i] = (written[i] ?? 0) + list.length;
      if (block.last) positions.push({ at: block.last, lengths: [...written] });
    };
    const whole = total(await drain(sourceOf(options, lines), lines, { capacity: 1, onBlock }));
    const some = positions.filter((_, i) => i % 307 === 0);
    expect(some.length).toBeGreaterThan(10);
    for (const { at, lengths } of some) {
      const rest = total(await drain(sourceOf(options, lines, { after: at }), lines));
      const expected = whole.map((bytes, i) => bytes.subarray(lengths[i]));
      expect(rest.every((bytes, i) => bytes.equals(expected[i] ?? bytes.subarray(1)))).toBe(true);
    }
  });

  test('behind the last position gives nothing', async () => {
    let last: Position | undefined;
    await drain(sourceOf(options, lines), lines, {
      onBlock: (block) => {
        last = block.last;
      },
    });
    expect(sourceOf(options, lines, last ? { after: last } : {}).peek()).toBeUndefined();
  });

  test('without an end goes on for ever, and begins like one with an end', async () => {
    const steady = { ...options, growthRate: 0 };
    const [finite] = await drain(sourceOf(steady, lines), lines);
    const open = sourceOf({ users: 100, seed: 2, end: Number.POSITIVE_INFINITY }, lines);
    const [begin] = await drainSome(open, finite?.length ?? 0);
    expect(digestOf(begin ?? [])).toBe(digestOf(finite ?? []));
    expect(open.peek()).toBeDefined();
  });
});

async function drainSome(source: ReturnType<typeof sourceOf>, views: number) {
  let left = views;
  return drain(
    {
      peek: () => (left > 0 ? source.peek() : undefined),
      fill: (block, until, most) => source.fill(block, until, Math.min(most, left)),
      close: () => source.close(),
    },
    lines,
    {
      onBlock: (block) => {
        left -= block.actions;
      },
    },
  );
}
