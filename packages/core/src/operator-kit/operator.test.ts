import { map, type Observable, of, range, Subject, take, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { marbles } from '../fixtures/marbles.ts';
import { operator } from './operator.ts';

const double = () => operator<number, number>((output) => ({ next: (n) => output.next(2 * n) }));

/** What a subscriber hears, in order. */
function heard(source$: Observable<unknown>): unknown[] {
  const notes: unknown[] = [];
  source$.subscribe({
    next: (value) => notes.push(value),
    error: (cause: Error) => notes.push(`error ${cause.message}`),
    complete: () => notes.push('complete'),
  });
  return notes;
}

describe('operator', () => {
  it('passes completion and errors on', () => {
    marbles(({ cold, expectObservable }) => {
      const values = { a: 1, b: 2, c: 4 };
      expectObservable(cold('-a-b-|', values).pipe(double())).toBe('-b-c-|', values);
      expectObservable(cold('-a-#', values).pipe(double())).toBe('-b-#', values);
    });
  });

  it('lets the operator answer completion and errors itself', () => {
    const patient = operator<number, string>((output) => ({
      next: () => {},
      error(cause) {
        output.next(`after ${(cause as Error).message}`);
        output.complete();
      },
      complete() {
        output.next('last');
        output.complete();
      },
    }));
    expect(heard(of(1).pipe(patient))).toEqual(['last', 'complete']);
    expect(heard(throwError(() => new Error('x')).pipe(patient))).toEqual(['after x', 'complete']);
  });

  it('unsubscribes from its source when the consumer leaves', () => {
    marbles(({ hot, expectObservable, expectSubscriptions }) => {
      const source = hot('-a-a-a-a-', { a: 1 });
      expectObservable(source.pipe(double()), '   ----!').toBe('-b-b-', { b: 2 });
      expectSubscriptions(source.subscriptions).toBe('^---!');
    });
  });

  it('stops a synchronous source once the consumer has left', () => {
    let pulled = 0;
    const endless$ = range(0, Number.POSITIVE_INFINITY).pipe(
      map((n) => {
        pulled++;
        return n;
      }),
    );
    expect(heard(endless$.pipe(double(), take(3)))).toEqual([0, 2, 4, 'complete']);
    expect(pulled).toBeLessThan(6);
  });

  it('turns an exception into an error of the output, and stops a synchronous source', () => {
    let seen = 0;
    const failing = operator<number, number>(() => ({
      next(n) {
        seen++;
        if (n === 2) throw new Error('two');
      },
    }));
    expect(heard(range(0, 100).pipe(failing))).toEqual(['error two']);
    expect(seen).toBe(3);
  });

  it('turns an exception at completion or in an error handler into an error', () => {
    const failing = operator<number, number>(() => ({
      next: () => {},
      error() {
        throw new Error('in error');
      },
      complete() {
        throw new Error('in complete');
      },
    }));
    expect(heard(of(1).pipe(failing))).toEqual(['error in complete']);
    expect(heard(throwError(() => new Error('x')).pipe(failing))).toEqual(['error in error']);
  });

  it('does not call complete when the consumer has left or next has failed', () => {
    let completions = 0;
    const watched = operator<number, number>((output) => ({
      next(n) {
        if (n === 50) throw new Error('fifty');
        output.next(n);
      },
      complete() {
        completions++;
        output.complete();
      },
    }));
    heard(range(0, 100).pipe(watched, take(2)));
    heard(range(0, 100).pipe(watched));
    expect(completions).toBe(0);
  });

  it('observes anew for each subscriber', () => {
    const numbered = operator<string, string>((output) => {
      let n = 0;
      return { next: (text) => output.next(`${text}${n++}`) };
    });
    const source = new Subject<string>();
    const [one, two] = [heard(source.pipe(numbered)), heard(source.pipe(numbered))];
    source.next('a');
    source.next('b');
    expect([one, two]).toEqual([
      ['a0', 'b1'],
      ['a0', 'b1'],
    ]);
  });
});
