import { describe, expect, it } from 'vitest';
import { PipelineError, StateMismatchError } from '../contract/errors.ts';
import { decodeState, encodeState, type SavedState } from './state-encoding.ts';

const stateOf = (...values: readonly unknown[]): SavedState => ({
  kind: 'journal',
  changes: [
    {
      table: 'test',
      drops: [Number.NEGATIVE_INFINITY, 7],
      deletes: [[1, 'gone']],
      writes: [{ segment: -5, keys: values.map((_, i) => `k${i}`), values }],
    },
  ],
});
const roundTrip = (value: unknown) =>
  decodeState(encodeState(stateOf(value))).changes[0]?.writes[0]?.values[0];

class Play {
  readonly listener = 'ann';
}

describe('encodeState', () => {
  const map = new Map<unknown, unknown>([['a', new Map([[1, new Set(['x'])]])]]);
  const plain = { a: null, b: undefined, c: [1, undefined, 3] };
  it.each([
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['-0', -0],
    ['text', 'Beyoncé 🎧\0\ud800'],
    ['a bigint', 2n ** 70n],
    ['a date', new Date(-1)],
    ['a nested Map and Set', map],
    ['objects and arrays', plain],
    ['a typed array', new Float64Array([1.5, Number.NaN])],
    ['bytes', Uint8Array.of(0, 255)],
    ['an ArrayBuffer', Uint8Array.of(1, 2).buffer],
    ['null', null],
    ['false', false],
  ])('gives %s back as it was', (_name, value) => {
    expect(roundTrip(value)).toStrictEqual(value);
  });

  it('gives back the content of an object without a prototype', () => {
    expect(roundTrip(Object.assign(Object.create(null), { a: 1 }))).toEqual({ a: 1 });
  });

  it('gives back only the part of a buffer that a view shows', () => {
    const view = new Uint16Array(Uint16Array.of(1, 2, 3, 4).buffer, 2, 2);
    expect(roundTrip(view)).toStrictEqual(Uint16Array.of(2, 3));
  });

  it('keeps the kind, the drops and the deletes', () => {
    const state = { ...stateOf(1), kind: 'snapshot' } as const;
    expect(decodeState(encodeState(state))).toStrictEqual(state);
  });

  it.each([
    ['an instance of a class', new Play(), 'an instance of Play'],
    ['one inside an object', { plays: [new Play()] }, 'an instance of Play'],
    ['one that is a key of a Map', new Map([[new Play(), 1]]), 'an instance of Play'],
    ['one in a Set', new Set([new Play()]), 'an instance of Play'],
    ['an error', new RangeError('far'), 'an instance of RangeError'],
    [
      'an object with an unnamed prototype',
      Object.create(Object.create(null)),
      'an instance of something unnamed',
    ],
    ['a function', { add: () => 1 }, 'a function'],
    ['a symbol', Symbol('s'), 'a symbol'],
  ])('refuses %s, and names the state', (_name, value, what) => {
    const encode = () => encodeState(stateOf(value));
    expect(encode).toThrow(PipelineError);
    expect(encode).toThrow(`state test holds ${what}`);
  });
});

describe('decodeState', () => {
  it('refuses what a newer version wrote', () => {
    const bytes = encodeState(stateOf(1));
    bytes[0] = 2;
    expect(() => decodeState(bytes)).toThrow(StateMismatchError);
    expect(() => decodeState(bytes)).toThrow('saved state has version 2, this release reads 1');
  });

  it('reads bytes that lie anywhere in a larger buffer', () => {
    const bytes = encodeState(stateOf(new Float64Array([1, 2])));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeState(shifted.subarray(3))).toStrictEqual(stateOf(new Float64Array([1, 2])));
  });
});
