import { describe, expect, test } from 'vitest';
import { Random } from './random.ts';

const draws = (random: Random, n: number) => Array.from({ length: n }, () => random.uniform());
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('Random', () => {
  test('the same seed, id and purpose give the same draws', () => {
    expect(draws(Random.of(5, 7, 'behaviour'), 50)).toEqual(
      draws(Random.of(5, 7, 'behaviour'), 50),
    );
  });

  test('its draws never change from release to release', () => {
    const random = Random.of(1, 1, 'behaviour');
    expect([random.bits(), random.bits(), random.bits()]).toMatchInlineSnapshot(`
      [
        -860647428,
        -1327658699,
        -183257628,
      ]
    `);
  });

  test('another seed, id or purpose gives other draws, above 2^32 as well', () => {
    const first = [
      Random.of(5, 7, 'behaviour'),
      Random.of(6, 7, 'behaviour'),
      Random.of(5, 8, 'behaviour'),
      Random.of(5, 7, 'profile'),
      Random.of(5 + 2 ** 32, 7, 'behaviour'),
      Random.of(5, 7 + 2 ** 32, 'behaviour'),
      Random.of(-5, 7, 'behaviour'),
    ].map((random) => random.bits());
    expect(new Set(first).size).toBe(first.length);
  });

  test('neighbouring ids are not alike', () => {
    const firsts = Array.from({ length: 10_000 }, (_, id) =>
      Random.of(0, id, 'behaviour').uniform(),
    );
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
    expect(new Set(firsts).size).toBeGreaterThan(9_990);
    const rises = firsts.filter((value, i) => value > (firsts[i - 1] ?? 1)).length;
    expect(rises).toBeGreaterThan(4_800);
    expect(rises).toBeLessThan(5_200);
  });

  test('exponential draws have the given mean', () => {
    const random = Random.of(1, 2, 'behaviour');
    const values = Array.from({ length: 50_000 }, () => random.exponential(90));
    expect(Math.min(...values.slice(0, 1_000))).toBeGreaterThanOrEqual(0);
    expect(mean(values)).toBeGreaterThan(88);
    expect(mean(values)).toBeLessThan(92);
  });

  test('normal draws have mean 0 and variance 1', () => {
    const random = Random.of(1, 3, 'behaviour');
    const values = Array.from({ length: 50_000 }, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
  });

  test('log-normal draws have the given mean', () => {
    const random = Random.of(1, 4, 'behaviour');
    const values = Array.from({ length: 100_000 }, () => random.logNormal(60));
    expect(mean(values)).toBeGreaterThan(57);
    expect(mean(values)).toBeLessThan(63);
  });
});
