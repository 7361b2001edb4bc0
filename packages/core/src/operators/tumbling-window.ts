import type { OperatorFunction } from 'rxjs';
import { keyText } from '../codec/key-text.ts';
import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { Key } from '../contract/key.ts';
import type { Output } from '../contract/output.ts';
import { foldOf } from '../operator-kit/fold.ts';
import { operator } from '../operator-kit/operator.ts';
import { useCounter } from '../operator-kit/use-counter.ts';
import { useEmitter } from '../operator-kit/use-emitter.ts';
import { useKeyedState } from '../operator-kit/use-keyed-state.ts';
import { useOutput } from '../operator-kit/use-output.ts';
import { useRejection } from '../operator-kit/use-rejection.ts';
import { useSideOutput } from '../operator-kit/use-side-output.ts';
import { useWatermark } from '../operator-kit/use-watermark.ts';

/**
 * Folds events into one result. `add` returns a new accumulator and leaves the old one alone; one that
 * changes it ends a job with the first event.
 */
export interface Aggregate<T, A> {
  /** The accumulator of no events. All keys and windows share it, so it is frozen with all that it holds. */
  readonly zero: A;
  readonly add: (accumulator: A, event: StreamEvent<T>) => A;
  /**
   * Makes the accumulator of an open window of one that was saved with another `version`, or with a `zero` of
   * another shape; `undefined` forgets the window. Default: the job is refused.
   */
  readonly migrate?: (
    saved: unknown,
    window: { readonly key: Key; readonly start: number },
  ) => A | undefined;
}

/** The result for one key in one closed window, which covers `[start, end)` in epoch milliseconds. */
export interface WindowResult<A, K extends Key = string> {
  readonly key: K;
  readonly start: number;
  readonly end: number;
  readonly result: A;
}

/** Options of {@link tumblingWindow}. */
export interface TumblingWindowOptions<T, K extends Key = string> {
  /** Width of a window in milliseconds. Windows are aligned to the epoch. */
  readonly size: number;
  /** How far behind the newest event another may arrive and still be counted, in milliseconds. Default 0. */
  readonly lateness?: number;
  /** The key to group by: one value, or several as an array. Default: the event's key. */
  readonly by?: (event: StreamEvent<T>) => K;
  /**
   * The output of events whose window has closed; they are counted as `late`. Default: inside a job they
   * are kept as JSON, under the name of the window and `.late`.
   */
  readonly late?: Output<StreamEvent<T>>;
  /** Receives late events outside a job. */
  readonly onLate?: (event: StreamEvent<T>) => void;
  /** Receives events without a time, and why. Inside a job they become dead letters instead. */
  readonly onReject?: (event: StreamEvent<T>, reason: string) => void;
  /**
   * Stands for what `by` and the aggregate do: change it with them, where the shape of `zero` shows nothing, so
   * that open windows of both kinds are not mixed.
   */
  readonly version?: string | number;
  /** Names the state in checkpoints. Needed only where a pipeline has two of these. */
  readonly name?: string;
}

const names = {
  size: true,
  lateness: true,
  by: true,
  late: true,
  onLate: true,
  onReject: true,
  version: true,
  name: true,
} as const;

const aggregateNames = { zero: true, add: true, migrate: true } as const;

/**
 * Aggregates events per key into fixed, non-overlapping windows of event time.
 *
 * A window closes when the watermark (the newest time seen, or what a re-keyed topic carries), less
 * `lateness`, reaches its end, so replaying the same log gives the same results at any speed;
 * windows close in the order of start and key.
 * Completion closes the rest. An event without a time is rejected.
 *
 * @throws OptionError when `size` is not positive or `lateness` is negative.
 *
 * @example
 * plays$.pipe(tumblingWindow({ zero: 0, add: (n) => n + 1 }, { size: 300_000, by: ({ value }) => [value.artist, value.song] }));
 */
export function tumblingWindow<T, A, K extends Key = string>(
  aggregate: Aggregate<T, A>,
  options: TumblingWindowOptions<T, K>,
): OperatorFunction<StreamEvent<T>, WindowResult<A, K>> {
  checkOptions('tumblingWindow', options, names);
  const { migrate } = checkedAggregate(aggregate);
  const { size, lateness = 0, by = ({ key }) => key as K, name = 'tumblingWindow' } = options;
  const { late, onLate, onReject, version } = options;
  if (!(size > 0)) throw new OptionError(`size must be positive, got ${size}`);
  if (!(lateness >= 0)) throw new OptionError(`lateness must not be negative, got ${lateness}`);

  const fold = foldOf(name, aggregate);
  return operator<StreamEvent<T>, WindowResult<A, K>>((output) => {
    const watermark = useWatermark(name, (time) => closeUpTo(time - lateness));
    const open = useKeyedState<A, K>(`${name}.open`, {
      signature: `size ${size}`,
      like: aggregate.zero,
      ...(version !== undefined && { version }),
      ...(migrate && {
        migrate: (saved, { key, segment }) => migrate(saved, { key, start: segment }),
      }),
    });
    const countLate = useCounter('late');
    const putLate = late
      ? useOutput(late, onLate)
      : useSideOutput<StreamEvent<T>>(`${name}.late`, onLate);
    const rejected = useRejection<T>(name, onReject);
    const emitter = useEmitter<WindowResult<A, K>>(name, output);

    const closeUpTo = (limit: number) => {
      for (const start of open.segments()) {
        if (start + size > limit) return;
        const windows = open.entries(start);
        open.drop(start);
        for (const [key, result] of windows)
          emitter.next(keyText(key), start, { key, start, end: start + size, result });
      }
    };

    return {
      next(event) {
        if (Number.isNaN(event.time)) return rejected(event, 'no event time');
        const start = Math.floor(event.time / size) * size;
        const before = watermark.current - lateness;
        if (start + size <= before) {
          countLate();
          return putLate(event);
        }
        const key = by(event);
        open.set(start, key, fold(open.get(start, key), event));
        const reached = watermark.observe(event.time) - lateness;
        if (Math.floor(reached / size) > Math.floor(before / size)) closeUpTo(reached);
      },
      complete() {
        closeUpTo(Number.POSITIVE_INFINITY);
        emitter.complete();
      },
    };
  });
}

function checkedAggregate<T, A>(aggregate: Aggregate<T, A>): Aggregate<T, A> {
  checkOptions('the aggregate of tumblingWindow', aggregate, aggregateNames);
  return aggregate;
}
