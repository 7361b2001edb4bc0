import { OptionError } from '@streamify/core';
import { expect, test } from 'vitest';
import { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

const items = [
  { name: 'never', weight: 0 },
  { name: 'rare', weight: 1 },
  { name: 'some', weight: 3 },
  { name: 'often', weight: 16 },
];
const weightOf = ({ weight }: { weight: number }) => weight;

test('items are picked in proportion to their weights, and never at weight 0', () => {
  const choice = new WeightedChoice(items, weightOf);
  const random = Random.of(1, 1, 'catalogue');
  const counts = new Map(items.map(({ name }) => [name, 0]));
  for (let i = 0; i < 40_000; i++) {
    const { name } = choice.pick(random);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  expect(counts.get('never')).toBe(0);
  expect((counts.get('rare') ?? 0) / 2_000).toBeCloseTo(1, 0);
  expect((counts.get('some') ?? 0) / 6_000).toBeCloseTo(1, 1);
  expect((counts.get('often') ?? 0) / 32_000).toBeCloseTo(1, 1);
});

test('a single item is always picked', () => {
  const choice = new WeightedChoice([items[1]], () => 0.001);
  expect(choice.pick(Random.of(0, 0, 'catalogue'))).toBe(items[1]);
});

test.each([
  [[], '0 items have no weight above 0'],
  [[0, 0], '2 items have no weight above 0'],
  [[1, -2], 'a weight is -2: it must be 0 or more'],
  [[1, Number.NaN], 'a weight is NaN: it must be 0 or more'],
])('weights %j are refused', (weights, message) => {
  expect(() => new WeightedChoice(weights, (weight) => weight)).toThrow(new OptionError(message));
});
