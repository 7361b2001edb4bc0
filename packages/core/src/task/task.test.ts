import {
  asapScheduler,
  delay,
  EMPTY,
  filter,
  finalize,
  from,
  map,
  merge,
  mergeMap,
  observeOn,
  of,
  raceWith,
  Subject,
  scan,
  startWith,
  take,
  throwError,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError, StateMismatchError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { operator } from '../operator-kit/operator.ts';
import { useCounter } from '../operator-kit/use-counter.ts';
import { useRejection } from '../operator-kit/use-rejection.ts';
import { useSideOutput } from '../operator-kit/use-side-output.ts';
import { useState } from '../operator-kit/use-state.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow } from '../operators/tumbling-window.ts';
import { emptyOutput } from '../testing/contract-output.ts';
import { arrivalOf, completeEpoch, eventOf, runEpoch } from '../testing/task-driver.ts';
import type { Pipeline } from './pipeline.ts';
import { Task } from './task.ts';

type Play = StreamEvent<number>;

const play = (key: string, time: number) => eventOf(key, time, 1);
const taskOf = <B>(pipeline: Pipeline<number, B>, refusal?: (row: B) => string | undefined) =>
  new Task<number, B>({ pipeline, ...(refusal && { refusal }) });
const keys = map((event: Play) => event.key);
const count = { zero: 0, add: (n: number) => n + 1 };

/** Numbers each event, and keeps the number in checkpointed state. */
const numbered = () =>
  operator<Play, string>((output) => {
    const total = useState('numbered', 0);
    return {
      next({ key }) {
        total.current += 1;
        output.next(`${key} ${total.current}`);
      },
    };
  });

describe('a task', () => {
  it('gives the rows of an epoch, each with the event that caused it', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        filter(({ key }) => key !== 'ben'),
        keys,
      ),
    );
    const { output } = runEpoch(task, [play('ann', 1), play('ben', 2), play('eve', 3)]);
    expect(output.rows).toEqual(['ann', 'eve']);
    expect(output.causes.map(({ offset }) => offset)).toEqual([1, 3]);
    expect(output.counts).toEqual({ in: 3, out: 2 });
  });

  it('starts each epoch with nothing', () => {
    const task = taskOf((plays$) => plays$.pipe(keys));
    runEpoch(task, [play('ann', 1)]);
    const { output, state } = runEpoch(task, []);
    expect(output).toEqual(emptyOutput);
    expect(state).toBeUndefined();
  });

  it('runs a plain RxJS operator as it is', () => {
    const task = taskOf((plays$) =>
      plays$.pipe(
        mergeMap(({ key }) => of(key, key)),
        scan((all, key) => all + key),
      ),
    );
    expect(runEpoch(task, [play('a', 1), play('b', 2)]).output.rows).toEqual([
      'a',
      'aa',
      'aab',
      'aabb',
    ]);
  });

  it('commits side outputs and counts with the epoch', () => {
    const sorter = operator<Play, string>((output) => {
      const [putOdd, odd] = [useSideOutput<string>('sorter.odd', undefined), useCounter('odd')];
      return {
        next({ key, time }) {
          if (time % 2 === 0) return output.next(key);
          odd();
          putOdd(key);
        },
      };
    });
    const { output } = runEpoch(
      taskOf((plays$) => plays$.pipe(sorter)),
      [play('ann', 1), play('ben', 2), play('eve', 3)],
    );
    expect(output.rows).toEqual(['ben']);
    expect(output.aside).toEqual([
      { output: 'sorter.odd', element: 'ann', cause: play('', 1).position },
      { output: 'sorter.odd', element: 'eve', cause: play('', 3).position },
    ]);
    expect(output.counts).toEqual({ in: 3, out: 1, odd: 2 });
  });

  it('keeps all of a rejected event in its dead letter', () => {
    const picky = operator<Play, string>((output) => {
      const rejected = useRejection<number>('picky', undefined);
      return {
        next: (event) =>
          event.key === 'ben' ? rejected(event, 'no bens') : output.next(event.key),
      };
    });
    const { output } = runEpoch(
      taskOf((plays$) => plays$.pipe(picky)),
      [play('ann', 1), play('ben', 2)],
    );
    expect(output.rows).toEqual(['ann']);
    expect(output.counts).toEqual({ in: 2, out: 1, dead: 1 });
    expect(output.dead).toEqual([
      {
        position: { topic: 'plays', partition: 0, offset: 2 },
        key: 'ben',
        raw: new TextEncoder().encode('raw 2'),
        headers: {},
        schemaId: 1,
        loggedAt: 0,
        operator: 'picky',
        result: undefined,
        reason: 'no bens',
        stack: undefined,
      },
    ]);
  });

  it('makes a dead letter of an event of which the sink refuses a row, and keeps nothing else of it', () => {
    const task = taskOf(
      (plays$) => plays$.pipe(mergeMap(({ key }) => of(key, `${key}!`))),
      (row) => (row === 'ben' ? 'ben does not fit' : undefined),
    );
    const { output } = runEpoch(task, [play('ann', 1), play('ben', 2)]);
    expect(output.rows).toEqual(['ann', 'ann!']);
    expect(output.dead).toMatchObject([
      { operator: 'sink', reason: 'ben does not fit', position: { offset: 2 } },
    ]);
  });

  it('makes an event a dead letter whose row makes the sink throw', () => {
    const task = taskOf(
      (plays$) => plays$.pipe(keys),
      (row) => {
        if (row === 'ben') throw new TypeError('cannot look at ben');
        return undefined;
      },
    );
    const { output } = runEpoch(task, [play('ann', 1), play('ben', 2), play('eve', 3)]);
    expect(output.rows).toEqual(['ann', 'eve']);
    expect(output.dead).toMatchObject([{ reason: 'cannot look at ben', position: { offset: 2 } }]);
  });

  it('completes: operators emit what they hold, in the order of the pipeline', () => {
    const task = taskOf((plays$) => plays$.pipe(tumblingWindow(count, { size: 10 })));
    runEpoch(task, [play('ben', 1), play('ann', 2)]);
    const { output } = completeEpoch(task);
    expect(output.rows.map(({ key }) => key)).toEqual(['ann', 'ben']);
  });
});

describe('the saved state of a task', () => {
  it('is what the epoch wrote', () => {
    const first = taskOf((plays$) => plays$.pipe(numbered()));
    const { state } = runEpoch(first, [play('a', 1), play('b', 2)]);
    expect(state?.kind).toBe('append');
    const second = taskOf((plays$) => plays$.pipe(numbered()));
    second.restore([state?.bytes as Uint8Array]);
    expect(runEpoch(second, [play('c', 3)]).output.rows).toEqual(['c 3']);
  });

  it('is there already when operators of a restored task are subscribed', () => {
    const eager = operator<Play, number>((output) => {
      const total = useState('eager', 0);
      let cached = total.current;
      return {
        next() {
          cached += 1;
          total.current = cached;
          output.next(cached);
        },
      };
    });
    const { state } = runEpoch(
      taskOf((plays$) => plays$.pipe(eager)),
      [play('a', 1)],
    );
    const second = taskOf((plays$) => plays$.pipe(eager));
    second.restore([state?.bytes as Uint8Array]);
    expect(runEpoch(second, [play('b', 2)]).output.rows).toEqual([2]);
  });

  it('becomes a snapshot once the journals have outgrown it, and restores to the same', () => {
    const big = 'x'.repeat(10_000);
    const hoard = operator<Play, number>((output) => {
      const last = useState('hoard', { n: 0, text: '' });
      return {
        next() {
          last.current = { n: last.current.n + 1, text: big };
          output.next(last.current.n);
        },
      };
    });
    const pipeline: Pipeline<number, number> = (plays$) => plays$.pipe(hoard);
    const task = taskOf(pipeline);
    let saved: Uint8Array[] = [];
    const kinds: string[] = [];
    for (let epoch = 1; epoch <= 500; epoch++) {
      const { state } = runEpoch(task, [play('a', epoch)]);
      if (!state) throw new Error('no state');
      kinds.push(state.kind);
      saved = state.kind === 'replace' ? [state.bytes] : [...saved, state.bytes];
    }
    expect(kinds.indexOf('replace')).toBeGreaterThan(400);
    expect(kinds.filter((kind) => kind === 'replace')).toHaveLength(1);
    const second = taskOf(pipeline);
    second.restore(saved);
    expect(runEpoch(second, [play('a', 501)]).output.rows).toEqual([501]);
  });

  it('describes the states and what their content depends on, in any order of operators', () => {
    const plain = operator<Play, Play>((output) => ({ next: (event) => output.next(event) }));
    const one = taskOf((plays$) =>
      plays$.pipe(
        deduplicate({ by: ({ key }) => key, within: 5 }),
        plain,
        tumblingWindow(count, { size: 10 }),
      ),
    );
    const watermark = { signature: '', version: '', shape: 'number' };
    expect(one.states).toEqual({
      'deduplicate.seen': { signature: 'within 5', version: '', shape: '' },
      'deduplicate.watermark': watermark,
      'tumblingWindow.open': { signature: 'size 10', version: '', shape: 'number' },
      'tumblingWindow.watermark': watermark,
    });
  });

  it('is refused when it belongs to no operator', () => {
    const { state } = runEpoch(
      taskOf((plays$) => plays$.pipe(numbered())),
      [play('a', 1)],
    );
    const other = taskOf((plays$) => plays$.pipe(keys));
    expect(() => other.restore([state?.bytes as Uint8Array])).toThrow(
      new StateMismatchError('saved state numbered belongs to no operator'),
    );
  });
});

describe('a task refuses a pipeline that', () => {
  const refusal = (pipeline: Pipeline<number, unknown>) => {
    try {
      runEpoch(taskOf(pipeline), [play('ann', 1), play('ben', 2)]);
    } catch (cause) {
      expect(cause).toBeInstanceOf(PipelineError);
      return (cause as Error).message;
    }
    return expect.unreachable('it was not refused');
  };

  it('never subscribes to its events', () => {
    expect(refusal(() => undefined as never)).toBe(
      'through must give the observable that comes of its events, and gave undefined',
    );
    expect(refusal((async () => {}) as never)).toBe(
      'through must give the observable that comes of its events, and gave a promise: it must not be async',
    );
    expect(refusal(() => new Subject<number>())).toMatch(/subscribed to its events 0 times/);
  });

  it('subscribes to them twice', () => {
    expect(refusal((plays$) => merge(plays$, plays$))).toMatch(
      /subscribed to its events 2 times.*share or connect/,
    );
  });

  it('completes before its first event', () => {
    expect(refusal((plays$) => plays$.pipe(raceWith(EMPTY)))).toBe(
      'the pipeline completed before its first event',
    );
  });

  it('completes while events go on', () => {
    expect(refusal((plays$) => plays$.pipe(take(2)))).toMatch(
      /completed while events go on.*take, first or catchError/,
    );
  });

  it('throws while it is made', () => {
    expect(
      refusal(() => {
        throw new RangeError('size must be positive, got 0');
      }),
    ).toBe('the pipeline threw while it was subscribed: size must be positive, got 0');
  });

  it('fails while it is subscribed', () => {
    expect(
      refusal((plays$) =>
        merge(
          plays$,
          throwError(() => 'no network'),
        ),
      ),
    ).toBe('the pipeline threw while it was subscribed: no network');
  });

  it('emits undefined', () => {
    expect(refusal((plays$) => plays$.pipe(map(() => {})))).toMatch(
      /emitted undefined: a map without/,
    );
  });

  it('emits while it is subscribed', () => {
    expect(refusal((plays$) => plays$.pipe(keys, startWith('zoe')))).toMatch(
      /outside an epoch.*startWith/,
    );
  });

  it('has two states of one name', () => {
    const window = () => deduplicate<number>({ by: ({ key }) => key, within: 10 });
    expect(refusal((plays$) => plays$.pipe(window(), window()))).toBe(
      'two states are called deduplicate.seen: give one of their operators a name',
    );
  });

  it('subscribes an operator after the task has started', () => {
    const late = mergeMap((event: Play) => from([event]).pipe(tumblingWindow(count, { size: 10 })));
    expect(refusal((plays$) => plays$.pipe(late))).toMatch(
      /tumblingWindow was subscribed after its task had started, inside mergeMap or groupBy/,
    );
  });

  it('sets a state to undefined', () => {
    const forgetful = operator<Play, string>((output) => {
      const last = useState<string | undefined>('forgetful', '');
      return {
        next({ key }) {
          last.current = undefined;
          output.next(key);
        },
      };
    });
    expect(refusal((plays$) => plays$.pipe(forgetful))).toBe(
      'state forgetful was set to undefined: use delete',
    );
  });

  it('keeps an instance of a class in its state', () => {
    class Count {
      readonly n = 1;
    }
    const classy = tumblingWindow<number, Count>(
      { zero: new Count(), add: () => new Count() },
      { size: 10 },
    );
    expect(refusal((plays$) => plays$.pipe(classy))).toMatch(
      /tumblingWindow.open holds an instance of Count/,
    );
  });
});

describe('a pipeline that emits outside an epoch', () => {
  it('is refused before the epoch can be taken', async () => {
    const task = taskOf((plays$) => plays$.pipe(observeOn(asapScheduler)));
    task.run(() => task.push(play('ann', 1), arrivalOf(play('ann', 1))));
    await new Promise((resolve) => setImmediate(resolve));
    expect(() => task.takeEpoch()).toThrow(/emitted outside an epoch: operators such as delay/);
  });

  it('is refused before its epoch is taken when it holds something back', () => {
    const task = taskOf((plays$) => plays$.pipe(delay(1)));
    expect(() => runEpoch(task, [play('ann', 1)])).toThrow(
      /holds back what an event has set off, with an operator such as delay/,
    );
    task.close();
  });

  it('is refused at completion when it goes on by itself', () => {
    const others$ = new Subject<never>();
    const task = taskOf((plays$) => merge(plays$, others$));
    runEpoch(task, [play('ann', 1)]);
    expect(() => completeEpoch(task)).toThrow(/did not complete when its events ended/);
    task.close();
  });
});

describe('closing a task', () => {
  it('unsubscribes the pipeline', () => {
    let ended = 0;
    const task = taskOf((plays$) => plays$.pipe(finalize(() => ended++)));
    task.close();
    expect(ended).toBe(1);
  });
});
