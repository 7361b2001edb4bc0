import { Subject } from 'rxjs';
import { bench, describe } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import { Task } from '../task/task.ts';
import { arrivalOf, eventOf } from '../testing/task-driver.ts';
import { deduplicate } from './deduplicate.ts';

/** A bench iteration is this many events: divide by it for the cost of one. */
const EVENTS = 10_000;
const HOUR = 3_600_000;
const arrival = arrivalOf(eventOf('ann', 0, 0));

/** Endless events, 100 ms apart, of which one in twenty is a duplicate; an hour holds 36,000 ids. */
function endless(): () => StreamEvent<string> {
  let n = 0;
  return () => {
    n++;
    return eventOf('ann', n * 100, `event-${n % 20 === 0 ? n - 7 : n}`);
  };
}

describe('10,000 events, deduplicated within an hour', () => {
  const inPlain = endless();
  const plain$ = new Subject<StreamEvent<string>>();
  plain$.pipe(deduplicate({ by: ({ value }) => value, within: HOUR })).subscribe();
  bench('plain RxJS', () => {
    for (let i = 0; i < EVENTS; i++) plain$.next(inPlain());
  });

  const inTask = endless();
  const task = new Task<string, unknown>({
    pipeline: (events$) => events$.pipe(deduplicate({ by: ({ value }) => value, within: HOUR })),
  });
  bench('a task, checkpointed', () => {
    task.run(() => {
      for (let i = 0; i < EVENTS; i++) task.push(inTask(), arrival);
    });
    task.takeEpoch();
  });

  const inSet = endless();
  let young = new Set<string>();
  let old = new Set<string>();
  let count = 0;
  bench('two sets by hand, which no checkpoint holds', () => {
    for (let i = 0; i < EVENTS; i++) {
      const { value } = inSet();
      if (young.has(value) || old.has(value)) continue;
      young.add(value);
      if (++count % 36_000 > 0) continue;
      old = young;
      young = new Set();
    }
  });
});
