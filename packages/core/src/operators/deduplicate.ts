import type { MonoTypeOperatorFunction } from 'rxjs';
import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import type { Key } from '../contract/key.ts';
import { operator } from '../operator-kit/operator.ts';
import { useCounter } from '../operator-kit/use-counter.ts';
import { useKeyedState } from '../operator-kit/use-keyed-state.ts';
import { useWatermark } from '../operator-kit/use-watermark.ts';

/** Options of {@link deduplicate}. */
export interface DeduplicateOptions<T> {
  /** The id that makes two events the same: one value, or several as an array. */
  readonly by: (event: StreamEvent<T>) => Key;
  /** For how much event time an id is remembered at least, in milliseconds; at most twice that. */
  readonly within: number;
  /** Stands for what `by` does: change it when `by` makes other ids, so that ids of both kinds are not mixed. */
  readonly version?: string | number;
  /** Makes an id of one that was remembered with another `version`; `undefined` forgets it. Default: the job is refused. */
  readonly migrate?: (id: Key) => Key | undefined;
  /** Names the state in checkpoints. Needed only where a pipeline has two of these. */
  readonly name?: string;
}

const names = { by: true, within: true, version: true, migrate: true, name: true } as const;

/**
 * Drops events whose id was seen before, and counts them as `duplicates`.
 *
 * An id is remembered until the watermark has moved on by at least `within`. Ids live in
 * generations of that length, of which the two youngest are kept: forgetting costs nothing.
 *
 * @throws OptionError when `within` is not positive.
 *
 * @example
 * plays$.pipe(deduplicate({ by: ({ value }) => value.eventId, within: 86_400_000 }));
 */
export function deduplicate<T>(
  options: DeduplicateOptions<T>,
): MonoTypeOperatorFunction<StreamEvent<T>> {
  checkOptions('deduplicate', options, names);
  const { by, within, version, migrate, name = 'deduplicate' } = options;
  if (!(within > 0)) throw new OptionError(`within must be positive, got ${within}`);

  return operator<StreamEvent<T>, StreamEvent<T>>((output) => {
    const seen = useKeyedState<true, Key>(`${name}.seen`, {
      signature: `within ${within}`,
      ...(version !== undefined && { version }),
      ...(migrate && { migrateKey: migrate }),
    });
    const watermark = useWatermark(name, (time) => forgetBefore(generationOf(time) - 1));
    const duplicate = useCounter('duplicates');

    const generationOf = (time: number) => Math.max(0, Math.floor(time / within));
    const forgetBefore = (generation: number) => {
      for (const old of seen.segments()) if (old < generation) seen.drop(old);
    };

    return {
      next(event) {
        const id = by(event);
        const before = generationOf(watermark.current);
        if (seen.get(before, id) || seen.get(before - 1, id)) return duplicate();
        const current = generationOf(watermark.observe(event.time));
        if (current > before) forgetBefore(current - 1);
        seen.set(current, id, true);
        output.next(event);
      },
    };
  });
}
