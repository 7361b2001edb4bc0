import type { OperatorFunction } from 'rxjs';
import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { operator } from '../operator-kit/operator.ts';
import { useRejection } from '../operator-kit/use-rejection.ts';
import { useTimeCheck } from '../operator-kit/use-time-check.ts';

/** A rule for each field that needs one: takes the field's value and the whole event, gives the clean value. */
export type CleanRules<T> = { readonly [K in keyof T]?: (value: T[K], event: T) => unknown };

/** `T` with the type that each rule gives. */
export type Cleaned<T, R> = {
  readonly [K in keyof T]: K extends keyof R
    ? R[K] extends (...args: never[]) => infer V
      ? V
      : T[K]
    : T[K];
};

/** Options of {@link clean}. */
export interface CleanOptions<T> {
  /**
   * The field that holds the event time in epoch milliseconds, if a rule corrects it: the event's `time`
   * follows, `NaN` where it is no number. Of a field in another unit, a function such as the event type's
   * `timeOf`.
   */
  readonly time?: (keyof T & string) | ((value: T) => number);
  /** Receives rejected events and why. Inside a job they become dead letters instead. */
  readonly onReject?: (event: StreamEvent<T>, reason: string) => void;
}

/** Thrown by {@link reject}; `clean` turns it into a rejection of the event. */
class Rejection extends Error {}

/** Gives up on the whole event from inside a rule of {@link clean}. */
export function reject(reason: string): never {
  throw new Rejection(reason);
}

/**
 * Passes each event on with its fields cleaned by rules; an event that a rule rejects becomes a
 * dead letter with the reason.
 *
 * A rule is a pure function of the field and the event as it came, so rules do not depend on each
 * other's order.
 *
 * @example
 * events$.pipe(clean({ city: (city) => city?.trim() ?? null, ts: (ts) => ts ?? reject('no timestamp') }, { time: 'ts' }));
 */
export function clean<T extends object, const R extends CleanRules<T>>(
  rules: R,
  options: CleanOptions<T> = {},
): OperatorFunction<StreamEvent<T>, StreamEvent<Cleaned<T, R>>> {
  if (typeof rules !== 'object' || rules === null)
    throw new OptionError(`clean takes its rules as an object, got ${String(rules)}`);
  checkOptions('clean', options, { time: true, onReject: true });
  const { time, onReject } = options;
  const entries = Object.entries(rules) as [string, (value: unknown, event: T) => unknown][];
  for (const [field, rule] of entries)
    if (typeof rule !== 'function')
      throw new OptionError(`the rule of ${field} must be a function, got ${typeof rule}`);
  const fields = entries.map(([field]) => field);
  const functions = entries.map(([, rule]) => rule);

  return operator<StreamEvent<T>, StreamEvent<Cleaned<T, R>>>((output) => {
    const rejected = useRejection<T>('clean', onReject);
    const refusalOf = useTimeCheck('clean');

    const cleaned = (event: T): Cleaned<T, R> | Rejection => {
      const value = { ...event } as Record<string, unknown>;
      try {
        for (let i = 0; i < fields.length; i++) {
          const field = fields[i] as string;
          value[field] = functions[i]?.(value[field], event);
        }
      } catch (cause) {
        if (cause instanceof Rejection) return cause;
        throw cause;
      }
      return value as Cleaned<T, R>;
    };

    const timeOf = (event: StreamEvent<T>, value: Cleaned<T, R>): number => {
      if (time === undefined) return event.time;
      const at: unknown = typeof time === 'function' ? time(value as unknown as T) : value[time];
      return typeof at === 'number' ? at : Number.NaN;
    };

    return {
      next(event) {
        const value = cleaned(event.value);
        if (value instanceof Rejection) return rejected(event, value.message);
        const { key, loggedAt, position, input } = event;
        const at = timeOf(event, value);
        const refused = refusalOf(at, loggedAt);
        if (refused !== undefined) return rejected(event, refused);
        output.next({ value, key, time: at, loggedAt, position, input });
      },
    };
  });
}
