import type { Subscriber } from 'rxjs';
import { currentHost } from './current-host.ts';
import type { Emitter } from './emitter.ts';

/** Gives an operator an emitter of results of its own. Inside a task each result is a step that fails by itself. */
export function useEmitter<T>(operator: string, output: Subscriber<T>): Emitter<T> {
  const host = currentHost(operator);
  if (host) return host.emitter(operator, output);
  return {
    next: (_key, _at, result) => output.next(result),
    complete: () => output.complete(),
  };
}
