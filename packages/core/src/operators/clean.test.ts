import { of, range, map as rxMap, take } from 'rxjs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { marbles } from '../fixtures/marbles.ts';
import { Task } from '../task/task.ts';
import { eventOf, runEpoch } from '../testing/task-driver.ts';
import { clean, reject } from './clean.ts';

interface Visit {
  readonly city: string | null;
  readonly ts: number;
}
const visit = (city: string | null, ts: number) => eventOf<Visit>('ann', ts, { city, ts });
const rules = {
  city: (city: string | null) => city?.trim() ?? null,
  ts: (ts: number) => (ts < 0 ? reject('no timestamp') : ts * 1_000),
};

describe('clean', () => {
  it('applies each rule to its field, and keeps the other fields and the event', () => {
    const event = eventOf('ann', 5, { city: ' Paris ', zip: '75001' });
    marbles(({ cold, expectObservable }) => {
      const cleaned$ = cold('-a-|', { a: event }).pipe(
        clean({ city: (city: string) => city.trim() }),
      );
      const b = { ...event, value: { city: 'Paris', zip: '75001' } };
      expectObservable(cleaned$).toBe('-b-|', { b });
    });
  });

  it('leaves the event that came as it is', () => {
    const event = visit(' Paris ', 5);
    of(event).pipe(clean(rules)).subscribe();
    expect(event).toEqual(visit(' Paris ', 5));
  });

  it('gives every rule the whole event as it came', () => {
    const seen: unknown[] = [];
    const spy = (_field: unknown, event: Visit) => {
      seen.push(event);
      return 'changed';
    };
    of(visit('a', 1))
      .pipe(clean({ city: spy, ts: spy }))
      .subscribe();
    expect(seen).toEqual([
      { city: 'a', ts: 1 },
      { city: 'a', ts: 1 },
    ]);
  });

  it('moves the time of the event when a rule corrects it', () => {
    const times: number[] = [];
    of(visit('a', 7))
      .pipe(clean(rules, { time: 'ts' }))
      .subscribe(({ time, value }) => times.push(time, value.ts));
    expect(times).toEqual([7_000, 7_000]);
  });

  it('gives a field the type that its rule gives', () => {
    const cleaning = clean<Visit, { ts: (ts: number) => string }>({ ts: String });
    of(visit('a', 1))
      .pipe(cleaning)
      .subscribe(({ value }) => {
        expectTypeOf(value).toEqualTypeOf<{ readonly city: string | null; readonly ts: string }>();
      });
  });

  it('hands a rejected event to onReject, with the reason, and carries on', () => {
    const rejected: [StreamEvent<Visit>, string][] = [];
    marbles(({ cold, expectObservable }) => {
      const [a, b] = [visit('a', -1), visit('b', 1)];
      const cleaned$ = cold('ab|', { a, b }).pipe(
        clean(rules, { onReject: (event, reason) => rejected.push([event, reason]) }),
      );
      expectObservable(cleaned$).toBe('-c|', { c: { ...b, value: { city: 'b', ts: 1_000 } } });
    });
    expect(rejected).toEqual([[visit('a', -1), 'no timestamp']]);
  });

  it.each([undefined, null, 'city'])('refuses %j for its rules', (none) => {
    expect(() => clean(none as never)).toThrow(`clean takes its rules as an object, got ${none}`);
  });

  it('fails on a rejected event that nobody takes', () => {
    const errors: Error[] = [];
    of(visit('a', -1))
      .pipe(clean(rules))
      .subscribe({ error: (cause: Error) => errors.push(cause) });
    expect(String(errors[0])).toMatch(/clean rejects an event: no timestamp; .*pass a handler/);
  });

  it('passes an exception of a rule and an error of its source on', () => {
    marbles(({ cold, expectObservable }) => {
      const boom = new Error('boom');
      const throwing = clean<Visit, object>({
        city() {
          throw boom;
        },
      });
      expectObservable(cold('-a-|', { a: visit('a', 1) }).pipe(throwing)).toBe('-#', {}, boom);
      expectObservable(cold<StreamEvent<Visit>>('-#').pipe(clean(rules))).toBe('-#');
    });
  });

  it('stops a synchronous source once the consumer has left', () => {
    const values: number[] = [];
    range(1, Number.POSITIVE_INFINITY)
      .pipe(
        rxMap((n) => visit('a', n)),
        clean(rules),
        take(2),
      )
      .subscribe(({ value }) => values.push(value.ts));
    expect(values).toEqual([1_000, 2_000]);
  });

  it('makes a dead letter of a rejected event inside a task', () => {
    const task = new Task<Visit, unknown>({ pipeline: (visits$) => visits$.pipe(clean(rules)) });
    const { output } = runEpoch(task, [visit('a', -1), visit('b', 1)]);
    expect(output.rows).toHaveLength(1);
    expect(output.dead).toMatchObject([
      { operator: 'clean', reason: 'no timestamp', position: { offset: -1 } },
    ]);
  });

  it('may stand twice in a pipeline', () => {
    const task = new Task<Visit, StreamEvent<{ readonly ts: number }>>({
      pipeline: (visits$) => visits$.pipe(clean(rules), clean(rules)),
    });
    expect(runEpoch(task, [visit('a', 1)]).output.rows[0]?.value.ts).toBe(1_000_000);
  });

  it('refuses a rule that is no function', () => {
    expect(() => clean({ city: 'trim' } as never)).toThrow(
      new OptionError('the rule of city must be a function, got string'),
    );
  });
});
