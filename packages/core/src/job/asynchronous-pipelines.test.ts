import { Play, plays, playsLog } from '@streamify/test-kit/plays';
import {
  asyncScheduler,
  bufferTime,
  concatMap,
  debounceTime,
  delay,
  EMPTY,
  exhaustMap,
  from,
  groupBy,
  interval,
  map,
  merge,
  mergeMap,
  type Observable,
  type OperatorFunction,
  observeOn,
  of,
  retry,
  share,
  switchMap,
  withLatestFrom,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { eventsOf } from '../testing/events-of.ts';
import { jobRunner } from '../testing/job-runner.ts';
import { restartSafe } from '../testing/restart-safe.ts';
import { run } from './run.ts';

type Plays = Observable<StreamEvent<Play>>;
type Kind = readonly [name: string, through: (plays$: Plays) => Observable<unknown>, says: RegExp];

const soon = <T>(value: T) => new Promise<T>((resolve) => setImmediate(() => resolve(value)));
const never = () => new Promise<number>(() => {});
const idOf = async ({ value }: StreamEvent<Play>) => soon(value.id);

/** A branch that is shared, of a stream that is: what is in it is reached from neither end of the pipeline. */
const betweenShares =
  (waiting: OperatorFunction<StreamEvent<Play>, unknown>) => (plays$: Plays) => {
    const shared$ = plays$.pipe(share());
    return merge(shared$.pipe(waiting, share()), shared$);
  };

const waits = /holds back what an event has set off, with an operator such as mergeMap/;
const delays = /holds back what an event has set off, with an operator such as delay/;
const byClock = /waits by a clock, with an operator such as bufferTime/;

const kinds: readonly Kind[] = [
  ['mergeMap(async)', (plays$) => plays$.pipe(mergeMap(idOf)), waits],
  ['a promise that never comes', (plays$) => plays$.pipe(mergeMap(never)), waits],
  ['concatMap(from(promise))', (plays$) => plays$.pipe(concatMap((p) => from(idOf(p)))), waits],
  ['switchMap(async)', (plays$) => plays$.pipe(switchMap(idOf)), waits],
  ['exhaustMap(async)', (plays$) => plays$.pipe(exhaustMap(idOf)), waits],
  ['delay', (plays$) => plays$.pipe(delay(1)), delays],
  ['debounceTime', (plays$) => plays$.pipe(debounceTime(1)), delays],
  ['observeOn(asyncScheduler)', (plays$) => plays$.pipe(observeOn(asyncScheduler)), delays],
  ['bufferTime', (plays$) => plays$.pipe(bufferTime(1)), byClock],
  ['a timer of its own', (plays$) => merge(plays$, interval(1_000)), byClock],
  ['withLatestFrom(interval)', (plays$) => plays$.pipe(withLatestFrom(interval(9))), byClock],
  [
    'an async function in map',
    (plays$) => plays$.pipe(map(idOf)),
    /emitted a promise: an async function in map gives no value .* use mapAsync/,
  ],
  ['mergeMap(async) in front of share', (plays$) => plays$.pipe(mergeMap(idOf), share()), waits],
  ['mergeMap(async) between two shares', betweenShares(mergeMap(idOf)), waits],
  ['delay between two shares', betweenShares(delay(1)), delays],
  ['bufferTime between two shares', betweenShares(bufferTime(1)), byClock],
  [
    'groups that wait',
    (plays$) =>
      plays$.pipe(
        groupBy(({ key }) => key),
        mergeMap((group$) => group$),
      ),
    waits,
  ],
];

describe('a pipeline that is asynchronous otherwise than by mapAsync', () => {
  for (const atEnd of ['stop', 'complete'] as const)
    it.each(kinds)(
      `is refused before anything is committed: %s, at the end ${atEnd}`,
      async (_, through, says) => {
        const { topic } = await playsLog(plays(50));
        const into = memorySink<unknown>();
        const job = { name: 'job', from: topic, through, into, atEnd, epoch: { maxRecords: 10 } };
        const failure = await run(job).catch((cause: unknown) => cause);
        expect(failure).toBeInstanceOf(PipelineError);
        expect(String(failure)).toMatch(says);
        expect(into.counts('job')).toEqual({});
        expect(into.rows).toEqual([]);
      },
    );

  it.each(kinds)('is refused by jobRunner: %s', async (_, through, says) => {
    const { topic } = await playsLog([]);
    const pushed = async () => {
      const runner = jobRunner({ from: topic, through });
      await runner.push(...plays(3));
    };
    await expect(pushed()).rejects.toThrow(says);
  });

  it.each(kinds)('is refused by restartSafe: %s', async (_, through, says) => {
    await expect(restartSafe(through, eventsOf(Play, plays(9)))).rejects.toThrow(says);
  });

  it('is refused with the epoch in which it waits, where it does so for rare events', async () => {
    const { topic } = await playsLog(plays(50));
    const into = memorySink<number>();
    const rarely = mergeMap((play: StreamEvent<Play>) =>
      play.value.id === 25 ? idOf(play) : of(play.value.id),
    );
    const through = (plays$: Plays) => plays$.pipe(rarely);
    const job = { name: 'job', from: topic, through, into, epoch: { maxRecords: 10 } };
    await expect(run({ ...job, atEnd: 'stop' })).rejects.toThrow(waits);
    expect(into.counts('job')).toEqual({ in: 20, out: 20 });
    expect(into.rows).toEqual(plays(20).map(({ id }) => id));
  });

  it('never passes for a success when it hides what it waits for', async () => {
    const { topic } = await playsLog(plays(5));
    const into = memorySink<number>();
    // What two shares enclose cannot be seen from either end.
    const through = (plays$: Plays) => plays$.pipe(share(), mergeMap(idOf), share());
    await expect(run({ name: 'job', from: topic, through, into, atEnd: 'stop' })).rejects.toThrow(
      PipelineError,
    );
    expect(into.counts('job')).toEqual({});
  });
});

describe('a pipeline that subscribes to its events again', () => {
  it('is refused before anything is committed: what failed would be lost', async () => {
    const { topic } = await playsLog(plays(9));
    const into = memorySink<number>();
    const through = (plays$: Plays) =>
      plays$.pipe(
        map(({ value }) => {
          if (value.id === 3) throw new Error('poison');
          return value.id;
        }),
        retry(),
      );
    await expect(run({ name: 'job', from: topic, through, into, atEnd: 'stop' })).rejects.toThrow(
      'subscribed to its events once more, with an operator such as retry',
    );
    expect(into.counts('job')).toEqual({});
  });
});

describe('a pipeline that only looks asynchronous', () => {
  const synchronous: readonly (readonly [
    string,
    (plays$: Plays) => Observable<unknown>,
    number,
  ])[] = [
    ['mergeMap(of)', (plays$) => plays$.pipe(mergeMap((play) => of(play, play))), 100],
    ['concatMap(of)', (plays$) => plays$.pipe(concatMap((play) => of(play))), 50],
    ['switchMap to nothing', (plays$) => plays$.pipe(switchMap(() => EMPTY)), 0],
    [
      'share and merge',
      (plays$) => {
        const shared$ = plays$.pipe(share());
        return merge(shared$.pipe(map(({ key }) => key)), shared$);
      },
      100,
    ],
  ];
  it.each(synchronous)('runs: %s', async (_, through, rows) => {
    const { topic } = await playsLog(plays(50));
    const into = memorySink<unknown>();
    await run({ name: 'job', from: topic, through, into, atEnd: 'stop', epoch: { maxRecords: 7 } });
    expect(into.rows).toHaveLength(rows);
    expect(into.counts('job')['in']).toBe(50);
  });
});
