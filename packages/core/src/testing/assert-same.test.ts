import { describe, expect, it } from 'vitest';
import { assertSame } from './assert-same.ts';

const failure = (actual: unknown, expected: unknown, message?: string): string => {
  try {
    assertSame(actual, expected, message);
  } catch (cause) {
    return (cause as Error).message;
  }
  return 'the same';
};

describe('assertSame', () => {
  it.each([
    [1, 1],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    [new Map([[1, 2]]), new Map([[1, 2]])],
    [Uint8Array.of(1), Uint8Array.of(1)],
    [Number.NaN, Number.NaN],
  ])('takes %j', (actual, expected) => {
    expect(failure(actual, expected)).toBe('the same');
  });

  it.each<[unknown, unknown, string]>([
    [1, 2, 'it is 1, expected 2'],
    [0, -0, 'it is 0, expected -0'],
    [[1, 2, 3], [1, 5, 3], '[1] is 2, expected 5'],
    [[1, 2], [1], '.length is 2, expected 1'],
    [[2, 1], [1, 2, 3], '[0] is 2, expected 1'],
    [[[], [{ a: { b: 'x' } }]], [[], [{ a: { b: 'y' } }]], "[1][0].a.b is 'x', expected 'y'"],
    [{}, { a: 1 }, '.a is undefined, expected 1'],
    [{ a: undefined }, {}, 'it is { a: undefined }, expected {}'],
    [new Map([[1, 2]]), new Map([[1, 3]]), 'it is Map(1) { 1 => 2 }, expected Map(1) { 1 => 3 }'],
    [undefined, [], 'it is undefined, expected []'],
  ])('tells where %j differs from %j', (actual, expected, message) => {
    expect(failure(actual, expected)).toBe(message);
  });

  it('says what is checked', () => {
    expect(failure([1], [2], 'offsets')).toBe('offsets: [0] is 1, expected 2');
  });

  it('keeps what is long out of the message, and of what runners compare', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => `${i} `.repeat(60));
    const [cause] = [many, { long: 'x'.repeat(1e6) }].map((actual) => {
      try {
        assertSame(actual, 1);
      } catch (error) {
        return error as { message: string; actual: string; expected: string };
      }
      return undefined;
    });
    expect(cause?.message.length).toBeLessThan(2_100);
    expect(cause?.actual.length).toBeLessThan(1_100);
    expect(failure(many.toReversed(), many)).toMatch(/^\[0\] is '9999 9999/);
  });
});
