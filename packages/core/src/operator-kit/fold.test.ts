import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contract/errors.ts';
import { foldOf } from './fold.ts';
import { useState } from './use-state.ts';

type Counts = { n: number };

const inPlace = /the add of w changes its accumulator in place.*Return a new value/;

/** Aggregates that change their accumulator, by what it is and how they do. */
const changing: Readonly<Record<string, () => { zero: unknown; add: (a: never) => unknown }>> = {
  'a field': () => ({
    zero: { n: 0 },
    add: (a: Counts) => {
      a.n++;
      return a;
    },
  }),
  'a field, by what it was': () => ({
    zero: { most: 0 },
    add: (a: { most: number }) => {
      a.most = Math.max(a.most, 0);
      return a;
    },
  }),
  'a list': () => ({
    zero: [] as number[],
    add: (a: number[]) => {
      a.push(1);
      return a;
    },
  }),
  'what a field holds, in a new value': () => ({
    zero: { by: { ann: 0 } },
    add: (a: { by: { ann: number } }) => {
      a.by.ann++;
      return { ...a };
    },
  }),
  'a map': () => ({
    zero: new Map<string, number>(),
    add: (a: Map<string, number>) => a.set('n', (a.get('n') ?? 0) + 1),
  }),
  'a set within': () => ({
    zero: { seen: new Set<number>() },
    add: (a: { seen: Set<number> }) => ({ seen: a.seen.add(1) }),
  }),
  'a date': () => ({
    zero: new Date(0),
    add: (a: Date) => {
      a.setTime(1);
      return a;
    },
  }),
  bytes: () => ({
    zero: { registers: new Uint8Array(4) },
    add: (a: { registers: Uint8Array }) => {
      a.registers[1] = 1;
      return a;
    },
  }),
  'a field, by a function that is not strict': () => ({
    zero: { n: 0 },
    add: new Function('a', 'a.n++; return { ...a };') as (a: Counts) => Counts,
  }),
};

describe('a fold', () => {
  it.each(Object.entries(changing))('finds an add that changes %s', (_, aggregate) => {
    const { zero, add } = aggregate();
    const before = structuredClone(zero);
    const fold = foldOf<number, unknown>('w', { zero, add: add as (a: unknown) => unknown });
    expect(() => fold(undefined, 1)).toThrow(inPlace);
    expect(() => fold(undefined, 1)).toThrow(PipelineError);
    // Bytes cannot be frozen: the job ends instead.
    if (!JSON.stringify(before).includes('registers'))
      expect(structuredClone(zero)).toEqual(before);
  });

  it('leaves an add alone that makes a new value, whatever it starts from', () => {
    const count = foldOf('w', { zero: 0, add: (n: number) => n + 1 });
    expect(count(count(undefined, 1), 1)).toBe(2);
    const names = foldOf('w', {
      zero: new Map<string, number>(),
      add: (a: Map<string, number>, name: string) => new Map(a).set(name, (a.get(name) ?? 0) + 1),
    });
    expect(names(names(undefined, 'ann'), 'ann')).toEqual(new Map([['ann', 2]]));
    expect(names(undefined, 'ben')).toEqual(new Map([['ben', 1]]));
    const bytes = foldOf('w', {
      zero: new Uint8Array(2),
      add: (a: Uint8Array, at: number) => a.with(at, 1),
    });
    expect(bytes(bytes(undefined, 0), 1)).toEqual(Uint8Array.of(1, 1));
    const same = foldOf('w', { zero: { n: 0 }, add: (a: Counts) => a });
    expect(same(undefined, 1)).toEqual({ n: 0 });
  });

  it('throws what an add throws that changes nothing', () => {
    const poison = new TypeError('no artist');
    const fold = foldOf('w', {
      zero: { n: 0 },
      add: (): Counts => {
        throw poison;
      },
    });
    expect(() => fold(undefined, 1)).toThrow(poison);
  });

  it('calls an add as a method of its aggregate', () => {
    class Steps {
      readonly zero = { n: 0 };
      readonly by = 3;
      add({ n }: Counts): Counts {
        return { n: n + this.by };
      }
    }
    const fold = foldOf('w', new Steps());
    expect(fold(fold(undefined, 1), 1)).toEqual({ n: 6 });
  });
});

describe('the first value of a state', () => {
  it('cannot be changed in place', () => {
    const held = useState('held', { names: new Set<string>() });
    expect(() => held.current.names.add('ann')).toThrow(
      'the value of state held was changed in place',
    );
    held.current = { names: new Set(['ann']) };
    expect(held.current.names.size).toBe(1);
  });
});
