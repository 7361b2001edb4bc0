import { describe, expect, it } from 'vitest';
import { expectHarmed, expectUnharmed } from './record-fault.ts';

const expected = ['a', 'b', 'b'];
const noting = () => ({ meta: {} as { readonly fault?: unknown } });

describe('expectUnharmed', () => {
  it('takes the lines in any order, and notes that there was no harm', () => {
    const task = noting();
    expectUnharmed(task, 'kill', { events: 3, expected, actual: ['b', 'a', 'b'] });
    expect(task.meta.fault).toEqual({ fault: 'kill', events: 3, losses: 0, duplicates: 0 });
  });

  it('finds what is missing, and what is there too often, and notes it all the same', () => {
    const task = noting();
    const actual = ['a', 'a', 'b', 'c'];
    const check = () => expectUnharmed(task, 'kill', { events: 3, expected, actual });
    expect(check).toThrow(/losses/);
    expect(task.meta.fault).toEqual({ fault: 'kill', events: 3, losses: 1, duplicates: 2 });
  });

  it('refuses to compare with nothing', () => {
    const outcome = { events: 0, expected: [], actual: [] };
    expect(() => expectUnharmed(noting(), 'kill', outcome)).toThrow('nothing was to be delivered');
  });
});

describe('expectHarmed', () => {
  it('notes the harm, and what it comes from', () => {
    const task = noting();
    expectHarmed(task, 'kill', 'no fencing', { events: 3, expected, actual: ['a', 'b'] });
    const fault = { fault: 'kill', control: 'no fencing', events: 3, losses: 1, duplicates: 0 };
    expect(task.meta.fault).toEqual(fault);
  });

  it('fails where there is none', () => {
    const outcome = { events: 3, expected, actual: expected };
    const check = () => expectHarmed(noting(), 'kill', 'no fencing', outcome);
    expect(check).toThrow('no fencing: did not show under kill');
  });
});
