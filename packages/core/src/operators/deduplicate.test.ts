import { map, range, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { stateAfter } from '../adapter/state-after.ts';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { marbles } from '../fixtures/marbles.ts';
import { Task } from '../task/task.ts';
import { eventOf, runEpoch } from '../testing/task-driver.ts';
import { deduplicate } from './deduplicate.ts';

type Play = StreamEvent<string>;

/** The play with this id at `time`. */
const play = (id: string, time: number): Play => eventOf('ann', time, id);
const distinct = (within = 10) => deduplicate<string>({ by: ({ value }) => value, within });
const taskOf = () =>
  new Task<string, string>({
    pipeline: (plays$) =>
      plays$.pipe(
        distinct(),
        map(({ value, time }) => `${value}${time}`),
      ),
  });
/** What is left of these plays. */
const rowsOf = (plays: readonly Play[]) => runEpoch(taskOf(), plays).output.rows;

describe('deduplicate', () => {
  it('passes the first event of an id and drops the others', () => {
    marbles(({ cold, expectObservable }) => {
      const [a, b, c] = [play('x', 1), play('x', 2), play('y', 3)];
      expectObservable(cold('-a-b-c-a-|', { a, b, c }).pipe(distinct())).toBe('-a---c---|', {
        a,
        c,
      });
    });
  });

  it('remembers an id until the watermark has moved on by as much as it is told', () => {
    for (let start = 0; start < 10; start++) {
      const later = (time: number) => rowsOf([play('x', start), play('y', time), play('x', time)]);
      for (let gap = 0; gap <= 10; gap++)
        expect(later(start + gap)).toEqual([`x${start}`, `y${start + gap}`]);
      expect(later(start + 20)).toEqual([`x${start}`, `y${start + 20}`, `x${start + 20}`]);
    }
  });

  it('measures by event time, not by the clock', () => {
    marbles(({ cold, expectObservable }) => {
      const a = play('x', 1);
      expectObservable(cold('a 60m a|', { a }).pipe(distinct())).toBe('a 60m -|', { a });
    });
  });

  it('keeps what came late in mind as long as what came in time', () => {
    const plays = [play('new', 100), play('late', 1), play('next', 109), play('late', 2)];
    expect(rowsOf(plays)).toEqual(['new100', 'late1', 'next109']);
  });

  it('works before 1970 and without a time', () => {
    expect(rowsOf([play('x', -5), play('x', -4), play('y', -1)])).toEqual(['x-5', 'y-1']);
    expect(rowsOf([play('x', Number.NaN), play('x', 3), play('x', Number.NaN)])).toEqual(['xNaN']);
  });

  it('holds two generations at most, however long it runs', () => {
    const task = taskOf();
    let saved: readonly Uint8Array[] = [];
    for (let epoch = 0; epoch < 50; epoch++) {
      const plays = Array.from({ length: 20 }, (_, i) => play(`${epoch}/${i}`, epoch * 10 + i / 2));
      saved = stateAfter(saved, runEpoch(task, plays).state, ({ bytes }) => bytes);
    }
    const reached = play('49/0', 499);
    expect(runEpoch(task, [reached]).output.counts).toEqual({ in: 1, duplicates: 1 });
    expect(runEpoch(task, [play('47/0', 499)]).output.counts).toEqual({ in: 1, out: 1 });
  });

  it('counts duplicates inside a task', () => {
    const { counts } = runEpoch(taskOf(), [play('x', 1), play('x', 2), play('x', 3)]).output;
    expect(counts).toEqual({ in: 3, out: 1, duplicates: 2 });
  });

  it('forgets an id that a poison event brought', () => {
    let failed = false;
    const task = new Task<string, Play>({
      pipeline: (plays$) =>
        plays$.pipe(
          distinct(),
          map((event) => {
            if (failed) return event;
            failed = true;
            throw new Error('once');
          }),
        ),
    });
    const { rows, dead } = runEpoch(task, [play('x', 1), play('x', 2)]).output;
    expect(rows).toEqual([play('x', 2)]);
    expect(dead).toHaveLength(1);
  });

  it('goes on from its journal wherever it is stopped', () => {
    const plays = ['a', 'b', 'a', 'c', 'b', 'd', 'a', 'e', 'a', 'b'].map((id, i) =>
      play(id, i * 4),
    );
    const whole = rowsOf(plays);
    for (let stop = 0; stop <= plays.length; stop++) {
      const first = runEpoch(taskOf(), plays.slice(0, stop));
      const second = taskOf();
      second.restore(stateAfter([], first.state, ({ bytes }) => bytes));
      const rest = runEpoch(second, plays.slice(stop));
      expect([...first.output.rows, ...rest.output.rows]).toEqual(whole);
    }
  });

  it('passes errors on, those of by included', () => {
    marbles(({ cold, expectObservable }) => {
      const boom = new Error('boom');
      const failing = deduplicate<string>({
        by() {
          throw boom;
        },
        within: 1,
      });
      expectObservable(cold<Play>('-#').pipe(distinct())).toBe('-#');
      expectObservable(cold('-a-', { a: play('x', 1) }).pipe(failing)).toBe('-#', {}, boom);
    });
  });

  it('stops a synchronous source once the consumer has left', () => {
    const ids: string[] = [];
    range(0, Number.POSITIVE_INFINITY)
      .pipe(
        map((n) => play(String(n >> 1), n)),
        distinct(),
        take(3),
      )
      .subscribe(({ value }) => ids.push(value));
    expect(ids).toEqual(['0', '1', '2']);
  });

  it.each([0, -1, Number.NaN])('refuses to remember for %s milliseconds', (within) => {
    expect(() => distinct(within)).toThrow(
      new OptionError(`within must be positive, got ${within}`),
    );
  });
});
