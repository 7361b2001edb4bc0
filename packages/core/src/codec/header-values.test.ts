import { describe, expect, it } from 'vitest';
import { headerText } from '../contract/headers.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { copyOfHeaders, headersJson, headersOf, readHeadersJson } from './header-values.ts';

const random = seededRandom(19);
const below = (n: number) => Math.floor(random() * n);
const names = ['a', 'b', '__proto__', 'constructor', '', 'ä'];
const value = () => {
  const kind = below(4);
  if (kind === 0) return null;
  if (kind === 1) return Buffer.from(`text ${below(100)} ☕ \ufeff`);
  return Uint8Array.from({ length: below(6) }, () => below(256));
};

/** The bytes of all values, name by name: what a client puts into a record. */
const bytesOf = (headers: ReturnType<typeof headersOf>) =>
  Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((each) => [name, each === null ? null : [...Buffer.from(each as string)]]),
  );

describe('headers', () => {
  it('have the bytes of any list of names and values, through copies and JSON', () => {
    for (let round = 0; round < 2_000; round++) {
      const list = Array.from({ length: below(6) }, () => {
        return [names[below(names.length)] as string, value()] as const;
      });
      const headers = headersOf(list);
      const sorted = [...new Set(list.map(([name]) => name))].flatMap((name) =>
        list.filter(([each]) => each === name),
      );
      const expected = sorted.map(([name, bytes]) => [name, bytes && [...bytes]]);
      for (const each of [headers, copyOfHeaders(headers), readHeadersJson(headersJson(headers))])
        expect(bytesOf(each)).toEqual(expected);
    }
  });

  it('are text where they are text, and of several the last', () => {
    const bytes = (text: string) => Buffer.from(text);
    const headers = headersOf([
      ['file', bytes('a.jsonl')],
      ['part', bytes('one')],
      ['part', bytes('two')],
      ['trace', Uint8Array.of(0xff)],
      ['none', null],
    ]);
    expect(headers['file']).toBe('a.jsonl');
    expect(
      ['file', 'part', 'trace', 'none', 'other'].map((name) => headerText(headers, name)),
    ).toEqual(['a.jsonl', 'two', undefined, undefined, undefined]);
  });
});
