import { map, pipe, Subject } from 'rxjs';
import { bench, describe } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import { arrivalOf, eventOf } from '../testing/task-driver.ts';
import { Task } from './task.ts';

/** A bench iteration is an epoch of this many events: divide by it for the cost of one. */
const EVENTS = 10_000;
const events = Array.from({ length: EVENTS }, (_, i) => eventOf(`u${i % 100}`, i, i));
const arrivals = events.map(arrivalOf);

const pipeline = pipe(
  map((event: StreamEvent<number>) => ({ ...event, value: event.value + 1 })),
  map(({ value }) => value),
);

describe('10,000 events through two maps', () => {
  const rows: number[] = [];
  const raw$ = new Subject<StreamEvent<number>>();
  raw$.pipe(pipeline).subscribe((row) => rows.push(row));
  bench('plain RxJS', () => {
    rows.length = 0;
    for (const event of events) raw$.next(event);
  });

  const task = new Task<number, number>({ pipeline: (events$) => events$.pipe(pipeline) });
  bench('a task', () => {
    task.run(() => {
      for (let i = 0; i < EVENTS; i++) task.push(events[i] as never, arrivals[i] as never);
    });
    task.takeEpoch();
  });

  const poisonous = new Task<number, number>({
    pipeline: (events$) =>
      events$.pipe(
        pipeline,
        map((value) => {
          if (value % 100 === 0) throw new Error('poison');
          return value;
        }),
      ),
  });
  bench('a task, one event in a hundred poison', () => {
    poisonous.run(() => {
      for (let i = 0; i < EVENTS; i++) poisonous.push(events[i] as never, arrivals[i] as never);
    });
    poisonous.takeEpoch();
  });
});
