import { Subject } from 'rxjs';
import { bench, describe } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import { Task } from '../task/task.ts';
import { arrivalOf, eventOf } from '../testing/task-driver.ts';
import { tumblingWindow } from './tumbling-window.ts';

/** A bench iteration is this many events: divide by it for the cost of one. */
const EVENTS = 10_000;
const arrival = arrivalOf(eventOf('ann', 0, 0));
const count = { zero: 0, add: (n: number) => n + 1 };
const options = { size: 300_000, lateness: 60_000 };

/** Endless events of 1,000 keys, 100 ms apart: 3,000 to a window. */
function endless(): () => StreamEvent<number> {
  const keys = Array.from({ length: 1_000 }, (_, i) => `song-${i}`);
  let n = 0;
  return () => {
    n++;
    return eventOf(keys[(n * 7919) % 1_000] as string, n * 100, n);
  };
}

describe('10,000 events, counted by key in windows of five minutes', () => {
  const inPlain = endless();
  const plain$ = new Subject<StreamEvent<number>>();
  plain$.pipe(tumblingWindow(count, options)).subscribe();
  bench('plain RxJS', () => {
    for (let i = 0; i < EVENTS; i++) plain$.next(inPlain());
  });

  const inTask = endless();
  const task = new Task<number, unknown>({
    pipeline: (events$) => events$.pipe(tumblingWindow(count, options)),
  });
  bench('a task, checkpointed', () => {
    task.run(() => {
      for (let i = 0; i < EVENTS; i++) task.push(inTask(), arrival);
    });
    task.takeEpoch();
  });
});
