import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkOptions } from '../contract/check-options.ts';
import type { Output } from '../contract/output.ts';
import { operator } from '../operator-kit/operator.ts';
import { useOutput } from '../operator-kit/use-output.ts';

/** Options of {@link route}. */
export interface RouteOptions<T> {
  /** Receives the elements of the output outside a job. */
  readonly onRoute?: (element: T) => void;
}

/**
 * Sends the elements that a predicate holds for to a named output, and passes the others on.
 *
 * @example
 * const refunds = output<StreamEvent<Order>>('refunds');
 * orders$.pipe(route(refunds, ({ value }) => value.amount < 0));
 */
export function route<T>(
  output: Output<T>,
  predicate: (element: T) => boolean,
  options: RouteOptions<T> = {},
): MonoTypeOperatorFunction<T> {
  checkOptions('route', options, { onRoute: true });
  const { onRoute } = options;
  return operator<T, T>((rest) => {
    const put = useOutput(output, onRoute);
    return {
      next(element) {
        if (predicate(element)) put(element);
        else rest.next(element);
      },
    };
  });
}
