import { describe, expect, it } from 'vitest';
import { jsonFault } from './json-fault.ts';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('jsonFault', () => {
  it.each([
    ['{ "seed": }', 1, 11, 'expected a value, found "}"'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'expected "," or "}", found '],
    ['[1, 2', 1, 6, 'expected "," or "]", found the end'],
    ['', 1, 1, 'expected a value, found the end'],
    ['{"a": NaN}', 1, 7, 'expected a value, found "NaN"'],
    ['{"a": 01}', 1, 7, 'expected a value, found "01"'],
    ['{a: 1}', 1, 2, 'expected a name in double quotes or "}", found "a"'],
    ['{"a": 1,}', 1, 9, 'expected a name in double quotes, found "}"'],
    ['{"a" 1}', 1, 6, 'expected ":", found "1"'],
    ['[1,]', 1, 4, 'expected a value, found "]"'],
    ['[1}', 1, 3, 'expected "," or "]", found "}"'],
    ['{} x', 1, 4, 'expected the end, found "x"'],
    ['["a\tb"]', 1, 2, 'expected a value or "]", found a text that has no end'],
    ['😀', 1, 1, 'expected a value, found "😀"'],
    ['True', 1, 1, 'expected a value, found "True"'],
  ])('%j: row %i, column %i: %s', (text, row, column, problem) => {
    expect(isJson(text)).toBe(false);
    const fault = jsonFault(text);
    expect(fault).toMatchObject({ row, column });
    expect(fault?.problem).toContain(problem);
  });

  it('finds a fault exactly where JSON.parse does, in texts with one character changed', () => {
    const whole = '{"a": [1, -2.5e+3, {"b": "x\\u00e9\\n"}, [], {}], "c": true, "d": null}';
    expect(jsonFault(whole)).toBeUndefined();
    for (let at = 0; at < whole.length; at++)
      for (const instead of ['', '"', '{', ']', ',', ':', '0', '-', '.', 'e', '\\', '\n', 'T']) {
        const text = whole.slice(0, at) + instead + whole.slice(at + 1);
        expect([text, jsonFault(text) === undefined]).toEqual([text, isJson(text)]);
      }
  });

  it('is not brought down by depth or length', () => {
    expect(jsonFault('['.repeat(200_000))).toMatchObject({ column: 200_001 });
    expect(jsonFault(`"${'\\n'.repeat(1_000_000)}`)).toMatchObject({ column: 1 });
  });
});
