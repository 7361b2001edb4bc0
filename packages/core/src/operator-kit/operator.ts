import { Observable, type Observer, type OperatorFunction, type Subscriber, takeWhile } from 'rxjs';
import { hostAtWork } from './current-host.ts';

/** The observer that an operator puts on its source. Errors and completion pass through by default. */
export type SourceObserver<T> = Pick<Observer<T>, 'next'> & Partial<Observer<T>>;

/**
 * Builds an operator from the observer that it puts on its source.
 *
 * An exception in `next` or `complete` becomes an error of the output, and a source that emits
 * synchronously stops once the consumer has left; a bare `new Observable` does neither.
 *
 * @example
 * const double = () => operator<number, number>((output) => ({ next: (n) => output.next(2 * n) }));
 */
export function operator<In, Out>(
  observe: (output: Subscriber<Out>) => SourceObserver<In>,
): OperatorFunction<In, Out> {
  return (source) =>
    new Observable((output) => {
      const host = hostAtWork();
      const observer = observe(output);
      const guarded = (work: () => void) => {
        // A synchronous source ends early, not by itself, once the output is closed.
        if (output.closed) return;
        try {
          work();
        } catch (cause) {
          output.error(cause);
        }
      };
      return source.pipe(takeWhile(() => !output.closed)).subscribe({
        next(value) {
          try {
            observer.next(value);
          } catch (cause) {
            output.error(cause);
          }
        },
        error: (cause) =>
          guarded(() => (observer.error ? observer.error(cause) : output.error(cause))),
        complete: () =>
          guarded(() => {
            // What the operator holds is checkpointed, and nobody asks for it yet.
            if (observer.complete && !host?.isProbing) observer.complete();
            else output.complete();
          }),
      });
    });
}
