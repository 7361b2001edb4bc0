import { TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

/** Runs a marble test in virtual time. */
export function marbles(body: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(body);
}
