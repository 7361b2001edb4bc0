import { connect, map, merge, mergeMap, type OperatorFunction, of, tap, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import { operator } from '../operator-kit/operator.ts';
import { useCounter } from '../operator-kit/use-counter.ts';
import { useKeyedState } from '../operator-kit/use-keyed-state.ts';
import { useRejection } from '../operator-kit/use-rejection.ts';
import { useSideOutput } from '../operator-kit/use-side-output.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { completeEpoch, eventOf, runEpoch } from '../testing/task-driver.ts';
import type { Pipeline } from './pipeline.ts';
import { Task } from './task.ts';

type Play = StreamEvent<number>;
type Window = WindowResult<number>;

const play = (key: string, time: number) => eventOf(key, time, 1);
const taskOf = <B>(pipeline: Pipeline<number, B>) => new Task<number, B>({ pipeline });
const count = { zero: 0, add: (n: number) => n + 1 };
const window = (name?: string) =>
  tumblingWindow<number, number>(count, { size: 10, ...(name && { name }) });
const nameOf = ({ key, start, result }: Window) => `${key} ${start} ${result}`;
const poisonous = (isPoison: (event: Play) => boolean) =>
  map((event: Play) => {
    if (isPoison(event)) throw new Error(`poison at ${event.time}`);
    return event;
  });
/** Fails on results of one key. */
const failing = (bad: string): OperatorFunction<Window, string> =>
  map((result) => {
    if (result.key === bad) throw new Error(`no ${bad}`);
    return nameOf(result);
  });
/** Turns a result into an event, for a second window. */
const asEvent = map(({ key, start, result }: Window) => eventOf(key, start, result));

describe('a poison event', () => {
  it('becomes a dead letter with its error, its bytes and its position, and the others go on', () => {
    const task = taskOf((plays$) => plays$.pipe(poisonous(({ key }) => key === 'mallory')));
    const { output } = runEpoch(task, [play('ann', 1), play('mallory', 2), play('eve', 3)]);
    expect(output.rows.map(({ key }) => key)).toEqual(['ann', 'eve']);
    expect(output.counts).toEqual({ in: 3, out: 2, dead: 1 });
    expect(output.dead).toMatchObject([
      {
        position: { topic: 'plays', partition: 0, offset: 2 },
        key: 'mallory',
        raw: new TextEncoder().encode('raw 2'),
        operator: 'pipeline',
        result: undefined,
        reason: 'poison at 2',
        stack: expect.stringContaining('poison at 2'),
      },
    ]);
  });

  it('becomes a dead letter when it throws something other than an error', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        map(() => {
          throw 'just text';
        }),
      ),
    );
    expect(runEpoch(task, [play('ann', 1)]).output.dead).toMatchObject([{ reason: 'just text' }]);
  });

  it('leaves no state, rows, side outputs, counts or rejections behind', () => {
    const busy = operator<Play, string>((output) => {
      const seen = useKeyedState<number>('busy');
      const aside = useSideOutput<string>('busy.aside', undefined);
      const counted = useCounter('busy');
      const rejected = useRejection<number>('busy', undefined);
      return {
        next(event) {
          const { key } = event;
          if (key === 'drop') seen.drop(0);
          if (key === 'delete') seen.delete(0, 'ann');
          seen.set(0, 'ann', (seen.get(0, 'ann') ?? 0) + 1);
          seen.set(1, key, 1);
          aside(key);
          counted();
          rejected(event, key);
          output.next(`${key} ${seen.get(0, 'ann')} ${seen.segments()}`);
          if (key !== 'ann') throw new Error('after all that');
        },
      };
    });
    const pipeline: Pipeline<number, string> = (plays$) => plays$.pipe(busy);
    const [ann, poisons] = [(time: number) => play('ann', time), ['set', 'drop', 'delete']];
    const withPoison = runEpoch(taskOf(pipeline), [
      ann(1),
      ...poisons.map((key, i) => play(key, 2 + i)),
      ann(9),
    ]);
    const without = runEpoch(taskOf(pipeline), [ann(1), ann(9)]);

    const { dead, counts, ...output } = withPoison.output;
    const { dead: deadWithout, counts: countsWithout, ...outputWithout } = without.output;
    expect(output).toEqual(outputWithout);
    expect(withPoison.state?.kind).toBe('append');
    expect(dead.filter(({ operator }) => operator === 'busy')).toEqual(deadWithout);
    expect(dead.filter(({ operator }) => operator === 'pipeline').map(({ key }) => key)).toEqual(
      poisons,
    );
    expect(counts).toEqual({ ...countsWithout, in: 5, dead: 5 });
  });

  it('takes back what it emitted before it failed', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        mergeMap(({ key }) => of(key, 'boom')),
        map((key, i) => {
          if (key === 'boom' && i < 2) throw new Error('the second of two');
          return key;
        }),
      ),
    );
    const { output } = runEpoch(task, [play('ann', 1), play('ben', 2)]);
    expect(output.rows).toEqual([]);
    expect(output.dead).toHaveLength(2);
  });

  it('closes no window that it would have closed', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        window(),
        tap((result) => expect(result.key).toBe('ann')),
      ),
    );
    const later = taskOf((plays$) =>
      plays$.pipe(
        connect((shared$) =>
          merge(
            shared$.pipe(window()),
            shared$.pipe(
              poisonous(({ time }) => time === 50),
              map(() => 'event'),
            ),
          ),
        ),
      ),
    );
    expect(runEpoch(task, [play('ann', 1)]).output.rows).toEqual([]);
    const { output } = runEpoch(later, [
      play('ann', 1),
      play('eve', 50),
      play('ann', 2),
      play('eve', 20),
    ]);
    expect(output.rows.filter((row) => row !== 'event')).toEqual([
      { key: 'ann', start: 0, end: 10, result: 2 },
    ]);
  });

  it('costs as much as any other, however many there are', () => {
    let subscriptions = 0;
    const task = taskOf((plays$) => {
      subscriptions++;
      return plays$.pipe(poisonous(({ time }) => time > 0));
    });
    const { output } = runEpoch(
      task,
      Array.from({ length: 1_000 }, (_, i) => play('ann', i)),
    );
    expect(output.dead).toHaveLength(999);
    expect(subscriptions).toBe(1_000);
  });
});

describe('a poison result', () => {
  it('is blamed on itself, and every event is kept', () => {
    const task = taskOf((plays$) => plays$.pipe(window(), failing('ben')));
    const { output } = runEpoch(task, [
      play('ann', 1),
      play('ben', 2),
      play('eve', 3),
      play('ben', 14),
      play('eve', 1_000),
    ]);
    expect(output.rows).toEqual(['ann 0 1', 'eve 0 1']);
    expect(output.counts).toEqual({ in: 5, out: 2, dead: 2 });
    expect(output.dead).toMatchObject([
      {
        position: { offset: 14 },
        operator: 'pipeline',
        reason: 'no ben',
        result: {
          operator: 'tumblingWindow',
          key: 'ben',
          at: 0,
          value: { key: 'ben', start: 0, end: 10, result: 1 },
        },
      },
      { position: { offset: 1_000 }, result: { key: 'ben', at: 10 } },
    ]);
    expect(completeEpoch(task).output.rows).toEqual(['eve 1000 1']);
  });

  it('does not hold up the other results of its event, of which each is tried once', () => {
    let tried = 0;
    const task = taskOf((plays$) =>
      plays$.pipe(
        window(),
        map((result) => {
          tried++;
          if (Number(result.key) % 2 === 1) throw new Error('odd');
          return nameOf(result);
        }),
      ),
    );
    const many = Array.from({ length: 1_000 }, (_, i) => play(String(i), 5));
    const { output } = runEpoch(task, [...many, play('last', 100)]);
    expect(output.rows).toHaveLength(500);
    expect(output.dead).toHaveLength(500);
    expect(tried).toBe(1_000);
  });

  it('takes back what it did downstream, results that followed from it included', () => {
    const second = window('second');
    const task = taskOf((plays$) =>
      plays$.pipe(
        window('first'),
        connect((results$) =>
          merge(
            results$.pipe(
              asEvent,
              second,
              map((result) => `second ${nameOf(result)}`),
            ),
            results$.pipe(
              failing('mallory'),
              map((name) => `first ${name}`),
            ),
          ),
        ),
      ),
    );
    // The result of mallory at 20 closes a window of the second operator, and fails after that.
    const plays = [play('ann', 1), play('mallory', 20), play('ann', 40), play('ann', 60)];
    const { output } = runEpoch(task, plays);
    expect(output.rows).toEqual(['first ann 0 1', 'first ann 40 1', 'second ann 0 1']);
    expect(output.dead).toMatchObject([{ result: { operator: 'first', key: 'mallory', at: 20 } }]);
  });

  it('names the result when an operator downstream rejects it, or the sink refuses it', () => {
    const picky = operator<Window, string>((output) => {
      const rejected = useRejection<number>('picky', undefined);
      return {
        next: (result) =>
          result.key === 'ann' ? rejected(result as never, 'no ann') : output.next(result.key),
      };
    });
    const task = new Task<number, string>({
      pipeline: (plays$) => plays$.pipe(window(), picky),
      refusal: (row) => (row === 'ben' ? 'no ben' : undefined),
    });
    const { output } = runEpoch(task, [play('ann', 1), play('ben', 2), play('eve', 99)]);
    expect(output.dead).toMatchObject([
      { operator: 'picky', reason: 'no ann', result: { key: 'ann', at: 0 } },
      { operator: 'sink', reason: 'no ben', result: { key: 'ben', at: 0 } },
    ]);
  });

  it('does not stop the completion of a pipeline', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        connect((shared$) =>
          merge(
            shared$.pipe(
              window('one'),
              failing('ben'),
              map((name) => `one ${name}`),
            ),
            shared$.pipe(
              window('two'),
              failing('eve'),
              map((name) => `two ${name}`),
            ),
          ),
        ),
      ),
    );
    runEpoch(task, [play('ann', 1), play('ben', 2), play('eve', 3)]);
    const { output } = completeEpoch(task);
    expect([...output.rows].sort()).toEqual([
      'one ann 0 1',
      'one eve 0 1',
      'two ann 0 1',
      'two ben 0 1',
    ]);
    expect(output.dead.map(({ result }) => `${result?.operator} ${result?.key}`).sort()).toEqual([
      'one ben',
      'two eve',
    ]);
  });

  it('does not stop the completion of a second window in a row', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        window('first'),
        map((result) => {
          if (result.key === 'ben') throw new Error('no ben');
          return result;
        }),
        asEvent,
        window('second'),
        map(nameOf),
      ),
    );
    runEpoch(task, [play('ann', 1), play('ben', 2), play('eve', 3)]);
    const { output } = completeEpoch(task);
    expect(output.rows).toEqual(['ann 0 1', 'eve 0 1']);
    expect(output.dead).toHaveLength(1);
  });
});

describe('poison at completion', () => {
  it('stops the task, since no event is to blame', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        toArray(),
        map(() => {
          throw new Error('no end');
        }),
      ),
    );
    runEpoch(task, [play('ann', 1)]);
    expect(() => completeEpoch(task)).toThrow('the pipeline threw when its events ended: no end');
  });

  it('stops the task when it cannot be subscribed again', () => {
    let subscriptions = 0;
    const task = taskOf((plays$) => {
      if (subscriptions++ > 0) throw new Error('once only');
      return plays$.pipe(poisonous(() => true));
    });
    expect(() => runEpoch(task, [play('ann', 1)])).toThrow(
      'the pipeline threw while it was subscribed again: once only',
    );
  });
});
