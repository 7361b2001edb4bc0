import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import {
  catchError,
  concatWith,
  count,
  EMPTY,
  endWith,
  first,
  map,
  merge,
  mergeMap,
  NEVER,
  type Observable,
  of,
  onErrorResumeNextWith,
  reduce,
  repeat,
  retry,
  share,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { eventsOf } from '../testing/events-of.ts';
import { jobRunner } from '../testing/job-runner.ts';
import { restartSafe } from '../testing/restart-safe.ts';
import { simulateFaults } from '../testing/simulate-faults.ts';
import { run } from './run.ts';

type Plays = Observable<StreamEvent<Play>>;
type Kind = readonly [name: string, through: (plays$: Plays) => Observable<unknown>, says: RegExp];

/** Fails for the plays of these ids. */
const poison = (...ids: readonly number[]) =>
  map(({ value }: StreamEvent<Play>) => {
    if (ids.includes(value.id)) throw new Error(`poison ${value.id}`);
    return value.id;
  });

/** Two branches, of which one stays as it is. */
const beside = (branch: (plays$: Plays) => Observable<unknown>) => (plays$: Plays) => {
  const shared$ = plays$.pipe(share());
  return merge(branch(shared$), shared$);
};

/** The same, and the branch is shared too: what is in it is reached from neither end of the pipeline. */
const between = (branch: (plays$: Plays) => Observable<unknown>) =>
  beside((plays$) => branch(plays$).pipe(share()));

const again = /subscribed to its events once more, .* retry, repeat or catchError.*Leave it out/;
const completed = /completed while events go on.*dead letter/;
const ended = /a part of the pipeline has ended or was subscribed again.*Leave it out/;

const kinds: readonly Kind[] = [
  ['retry', (plays$) => plays$.pipe(poison(3), retry()), again],
  ['retry behind share', (plays$) => plays$.pipe(share(), poison(3), retry()), again],
  [
    'catchError, once more',
    (plays$) =>
      plays$.pipe(
        poison(3),
        catchError((_, all$) => all$),
      ),
    again,
  ],
  ['repeat', (plays$) => plays$.pipe(take(2), repeat()), again],
  [
    'catchError to nothing',
    (plays$) =>
      plays$.pipe(
        poison(3),
        catchError(() => EMPTY),
      ),
    completed,
  ],
  [
    'catchError to a value',
    (plays$) =>
      plays$.pipe(
        poison(3),
        catchError(() => of(0)),
      ),
    completed,
  ],
  [
    'catchError for ever',
    (plays$) =>
      plays$.pipe(
        poison(3),
        catchError(() => NEVER),
      ),
    ended,
  ],
  ['take, then silence', (plays$) => plays$.pipe(take(2), concatWith(NEVER)), ended],
  [
    'onErrorResumeNextWith',
    (plays$) => plays$.pipe(poison(3), onErrorResumeNextWith(NEVER)),
    ended,
  ],
  ['retry in a branch', beside((plays$) => plays$.pipe(poison(3), retry())), ended],
  ['repeat in a branch', beside((plays$) => plays$.pipe(take(2), repeat())), ended],
  ['first in a branch', beside((plays$) => plays$.pipe(first())), ended],
  [
    'catchError in a branch',
    beside((plays$) =>
      plays$.pipe(
        poison(3),
        catchError(() => EMPTY),
      ),
    ),
    ended,
  ],
  ['retry between two shares', between((plays$) => plays$.pipe(poison(3), retry())), ended],
  ['take between two shares', between((plays$) => plays$.pipe(take(2), concatWith(NEVER))), ended],
  [
    'catchError between two shares',
    between((plays$) =>
      plays$.pipe(
        poison(3),
        catchError(() => NEVER),
      ),
    ),
    ended,
  ],
  [
    'retry in a branch, and a failure after it',
    (plays$) => beside((each$) => each$.pipe(poison(3), retry()))(plays$).pipe(failsAt(5)),
    ended,
  ],
];

function failsAt(id: number) {
  return map((each: unknown) => {
    if (each === id) throw new Error('poison');
    return each;
  });
}

describe('a pipeline that goes on where it failed or was over', () => {
  it.each(kinds)('is refused before anything is committed: %s', async (_, through, says) => {
    const { topic } = await playsLog(plays(20));
    for (const atEnd of ['stop', 'complete'] as const) {
      const into = memorySink<unknown>();
      const job = { name: 'job', from: topic, through, into, atEnd, epoch: { maxRecords: 10 } };
      const failure = await run(job).catch((cause: unknown) => cause);
      expect(failure).toBeInstanceOf(PipelineError);
      expect(String(failure)).toMatch(says);
      expect(into.counts('job')).toEqual({});
      expect([...into.rows, ...into.dead]).toEqual([]);
    }
  });

  it.each(kinds)('is refused by the test kit: %s', async (_, through, says) => {
    const { topic } = await playsLog(plays(20));
    await expect(jobRunner({ from: topic, through }).push(...plays(9))).rejects.toThrow(says);
    const checked = restartSafe(through, eventsOf(Play, plays(9)), { every: [9] });
    await expect(checked).rejects.toThrow(says);
    const simulated = simulateFaults({ name: 'job', from: topic, through }, { seeds: 1 });
    await expect(simulated).rejects.toThrow(says);
  });
});

describe('a pipeline that catches errors without going on', () => {
  const rethrow = catchError((cause: Error) =>
    throwError(() => new Error(`why: ${cause.message}`)),
  );
  const right: readonly (readonly [string, (plays$: Plays) => Observable<unknown>, number])[] = [
    ['catchError that throws', (plays$) => plays$.pipe(poison(3, 12), rethrow), 18],
    ['the same in a branch', beside((plays$) => plays$.pipe(poison(3, 12), rethrow)), 36],
    [
      'the same behind operators that are at work',
      (plays$) =>
        beside((each$) => each$.pipe(poison(3, 12), rethrow))(
          plays$.pipe(mergeMap((play) => of(play))),
        ),
      36,
    ],
  ];

  it.each(right)('runs: %s', async (_, through, rows) => {
    const { topic } = await playsLog(plays(20));
    const into = memorySink<unknown>();
    await run({ name: 'job', from: topic, through, into, atEnd: 'complete' });
    expect(into.rows).toHaveLength(rows);
    expect(into.dead.map(({ reason }) => reason)).toEqual(['why: poison 3', 'why: poison 12']);
  });

  it('runs: a second try of what an event alone does', async () => {
    const { topic } = await playsLog(plays(20));
    const into = memorySink<unknown>();
    const flaky = ({ value }: StreamEvent<Play>) => {
      let tries = 0;
      return of(value.id).pipe(
        map((id) => {
          if (tries++ < 2) throw new Error('not yet');
          return id;
        }),
        retry(2),
      );
    };
    const through = (plays$: Plays) => plays$.pipe(mergeMap(flaky));
    await run({ name: 'job', from: topic, through, into, atEnd: 'complete' });
    expect(into.rows).toEqual(plays(20).map(({ id }) => id));
  });
});

describe('a pipeline that says something when its events end', () => {
  const atTheEnd: readonly (readonly [string, (plays$: Plays) => Observable<unknown>])[] = [
    ['toArray', (plays$) => plays$.pipe(toArray())],
    ['count', (plays$) => plays$.pipe(count())],
    ['reduce', (plays$) => plays$.pipe(reduce((n) => n + 1, 0))],
    ['endWith', (plays$) => plays$.pipe(endWith('the end'))],
  ];

  it.each(atTheEnd)('is refused, since a restart would change it: %s', async (_, through) => {
    const { topic } = await playsLog(plays(20));
    const says = /holds back elements until its events end/;
    for (const atEnd of ['stop', 'complete'] as const) {
      const into = memorySink<unknown>();
      const job = { name: 'job', from: topic, through, into, atEnd };
      await expect(run(job)).rejects.toThrow(says);
      expect(into.rows.filter((row) => typeof row !== 'object')).toEqual([]);
    }
    const runner = jobRunner({ from: topic, through });
    await runner.push(...plays(3));
    await expect(runner.complete()).rejects.toThrow(says);
  });
});
