import { map, range, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { stateAfter } from '../adapter/state-after.ts';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { marbles } from '../fixtures/marbles.ts';
import { Task } from '../task/task.ts';
import { completeEpoch, eventOf, runEpoch } from '../testing/task-driver.ts';
import { type TumblingWindowOptions, tumblingWindow } from './tumbling-window.ts';

type Play = StreamEvent<number>;

/** One play by `key` at `time`. */
const play = (key: string, time: number): Play => eventOf(key, time, 1);
const plays = { zero: 0, add: (count: number, { value }: Play) => count + value };
const total = (key: string, start: number, result: number) => ({
  key,
  start,
  end: start + 10,
  result,
});
const window = (options: Partial<TumblingWindowOptions<number>> = {}) =>
  tumblingWindow<number, number>(plays, { size: 10, ...options });
const taskOf = (options: Partial<TumblingWindowOptions<number>> = {}) =>
  new Task<number, unknown>({ pipeline: (plays$) => plays$.pipe(window(options)) });

describe('tumblingWindow', () => {
  const a = play('ann', 1);
  const b = play('ann', 9);
  const c = play('ben', 12);
  const d = play('ann', 25);

  it('closes a window when event time passes its end, not when the clock does', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('  a-b 1s c--d|', { a, b, c, d });
      const expected = '     --- 1s x--y(z|)';
      expectObservable(source.pipe(window())).toBe(expected, {
        x: total('ann', 0, 2),
        y: total('ben', 10, 1),
        z: total('ann', 20, 1),
      });
    });
  });

  it('waits out the allowed lateness', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('  a-c-b-|', { a, b, c });
      const expected = '     ------(xy|)';
      expectObservable(source.pipe(window({ lateness: 5 }))).toBe(expected, {
        x: total('ann', 0, 2),
        y: total('ben', 10, 1),
      });
    });
  });

  it('takes an event into an open window however out of order it is', () => {
    const { rows } = runEpoch(
      taskOf(),
      [9, 3, 7, 0, 10].map((time) => play('ann', time)),
    ).output;
    expect(rows).toEqual([total('ann', 0, 4)]);
  });

  it('closes a window exactly at its end, and lets no event in that ends there', () => {
    expect(runEpoch(taskOf(), [play('ann', 0), play('ann', 9.999)]).output.rows).toEqual([]);
    expect(runEpoch(taskOf(), [play('ann', 0), play('ann', 10)]).output.rows).toHaveLength(1);
    const late = [play('ann', 0), play('ann', 15), play('ann', 9)];
    expect(runEpoch(taskOf({ lateness: 5 }), late).output.counts).toEqual({
      in: 3,
      out: 1,
      late: 1,
    });
    expect(runEpoch(taskOf({ lateness: 6 }), late).output.counts).toEqual({ in: 3 });
  });

  it('hands late events to onLate and carries on', () => {
    const late: Play[] = [];
    marbles(({ cold, expectObservable }) => {
      const source = cold('  c--a--|', { a, c });
      const expected = '     ------(x|)';
      const windows$ = source.pipe(window({ onLate: (event) => late.push(event) }));
      expectObservable(windows$).toBe(expected, { x: total('ben', 10, 1) });
    });
    expect(late).toEqual([a]);
  });

  it('fails on a late event that nobody takes', () => {
    const errors: unknown[] = [];
    range(0, 2)
      .pipe(
        map((n) => (n === 0 ? c : a)),
        window(),
      )
      .subscribe({ error: (cause) => errors.push(cause) });
    expect(String(errors)).toMatch(/tumblingWindow.late has an element.*pass a handler/);
  });

  it('emits windows by start, then by key, whatever the order of events', () => {
    const events = [play('b', 12), play('a', 11), play('b', 3), play('c', 25), play('a', 2)];
    const { rows } = runEpoch(taskOf({ lateness: 100 }), [...events, play('z', 1_000)]).output;
    expect(rows).toEqual([
      total('a', 0, 1),
      total('b', 0, 1),
      total('a', 10, 1),
      total('b', 10, 1),
      total('c', 20, 1),
    ]);
  });

  it('groups by what it is told, and works before 1970', () => {
    const task = taskOf({ by: ({ time }) => (time % 2 === 0 ? 'even' : 'odd') });
    const { rows } = runEpoch(task, [
      play('x', -15),
      play('y', -14),
      play('z', -12),
      play('x', 0),
    ]).output;
    expect(rows).toEqual([total('even', -20, 2), total('odd', -20, 1)]);
  });

  it('adds to an accumulator that is null as to any other', () => {
    const task = new Task<number, unknown>({
      pipeline: (plays$) =>
        plays$.pipe(
          tumblingWindow<number, string | null>(
            { zero: 'zero', add: (held) => (held === 'zero' ? null : `${held}+`) },
            { size: 10 },
          ),
        ),
    });
    runEpoch(task, [play('ann', 1), play('ann', 2)]);
    expect(completeEpoch(task).output.rows).toMatchObject([{ result: 'null+' }]);
  });

  it('rejects an event without a time', () => {
    const { output } = runEpoch(taskOf(), [play('ann', Number.NaN), play('ann', 1)]);
    expect(output.dead).toMatchObject([{ operator: 'tumblingWindow', reason: 'no event time' }]);
    expect(output.counts).toEqual({ in: 2, dead: 1 });
  });

  it('hands an event without a time to onReject outside a job', () => {
    const rejected: string[] = [];
    marbles(({ cold, expectObservable }) => {
      const source = cold('n-a-|', { n: play('ann', Number.NaN), a });
      const windows$ = source.pipe(window({ onReject: (_event, reason) => rejected.push(reason) }));
      expectObservable(windows$).toBe('----(x|)', { x: total('ann', 0, 1) });
    });
    expect(rejected).toEqual(['no event time']);
  });

  it('passes errors on, those of the aggregate included, and emits no window then', () => {
    marbles(({ cold, expectObservable }) => {
      const boom = new Error('boom');
      const failing = tumblingWindow<number, number>(
        {
          zero: 0,
          add() {
            throw boom;
          },
        },
        { size: 10 },
      );
      expectObservable(cold('-a-#', { a }).pipe(window())).toBe('---#');
      expectObservable(cold('-a-|', { a }).pipe(failing)).toBe('-#', {}, boom);
    });
  });

  it('unsubscribes from its source when the consumer leaves, and emits nothing then', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-b-c-d', { a, b, c, d });
      expectObservable(source.pipe(window()), '----!').toBe('-----');
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('stops a synchronous source once the consumer has left', () => {
    const starts: number[] = [];
    range(0, Number.POSITIVE_INFINITY)
      .pipe(
        map((time) => play('ann', time)),
        window(),
        take(2),
      )
      .subscribe(({ start }) => starts.push(start));
    expect(starts).toEqual([0, 10]);
  });

  it.each([0, -10, Number.NaN])('refuses a size of %s', (size) => {
    expect(() => window({ size })).toThrow(new OptionError(`size must be positive, got ${size}`));
  });

  it.each([-1, Number.NaN])('refuses a lateness of %s', (lateness) => {
    expect(() => window({ lateness })).toThrow(
      new OptionError(`lateness must not be negative, got ${lateness}`),
    );
  });
});

describe('a task with a window', () => {
  it('commits late events with the epoch, and counts them', () => {
    const { output } = runEpoch(taskOf(), [play('eve', 1_000), play('ann', 1)]);
    expect(output.aside).toEqual([
      {
        output: 'tumblingWindow.late',
        element: play('ann', 1),
        cause: play('', 1_000 - 999).position,
      },
    ]);
    expect(output.counts).toEqual({ in: 2, late: 1 });
  });

  it('goes on from its journal wherever it is stopped', () => {
    const times = [1, 5, 12, 3, 25, 14, 31, 47, 39, 60, 2];
    const events = times.map((time, i) => play(i % 3 === 0 ? 'ann' : 'ben', time));
    const whole = runEpoch(taskOf({ lateness: 5 }), events).output;
    for (let stop = 0; stop <= events.length; stop++) {
      const first = runEpoch(taskOf({ lateness: 5 }), events.slice(0, stop));
      const second = taskOf({ lateness: 5 });
      second.restore(stateAfter([], first.state, ({ bytes }) => bytes));
      const rest = runEpoch(second, events.slice(stop));
      expect([...first.output.rows, ...rest.output.rows]).toEqual(whole.rows);
      expect([...first.output.aside, ...rest.output.aside]).toEqual(whole.aside);
    }
  });

  it('closes at completion what is open, and takes later events as late', () => {
    const task = taskOf();
    const { state } = runEpoch(task, [play('ann', 5)]);
    const last = completeEpoch(task);
    expect(last.output.rows).toEqual([total('ann', 0, 1)]);
    const next = taskOf();
    next.restore(
      stateAfter(
        stateAfter([], state, ({ bytes }) => bytes),
        last.state,
        ({ bytes }) => bytes,
      ),
    );
    expect(completeEpoch(next).output.rows).toEqual([]);
  });

  it('works twice in a row under two names', () => {
    const task = new Task<number, unknown>({
      pipeline: (plays$) =>
        plays$.pipe(
          window(),
          map(({ start, result }) => eventOf('all', start, result)),
          window({ size: 100, name: 'sum' }),
        ),
    });
    runEpoch(
      task,
      [1, 5, 12, 99, 101, 205].map((time) => play('ann', time)),
    );
    expect(completeEpoch(task).output.rows).toMatchObject([
      { start: 100, result: 1 },
      { start: 200, result: 1 },
    ]);
  });
});
