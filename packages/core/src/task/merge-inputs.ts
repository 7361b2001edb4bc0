import type { Incoming } from './decode-record.ts';
import type { PartitionInput } from './partition-input.ts';

/**
 * The input whose next record comes first: by event time, then in the order of the inputs. What
 * has no time comes at once, in its input's order.
 *
 * The order of all records follows from theirs alone, as long as each input has its next record at
 * hand or has none any more.
 */
export function earliestOf<A>(inputs: readonly PartitionInput<A>[]): PartitionInput<A> | undefined {
  let first: PartitionInput<A> | undefined;
  let earliest = Number.POSITIVE_INFINITY;
  for (const input of inputs) {
    if (input.isEmpty) continue;
    // There is nothing to compare with, and decoding can wait.
    if (inputs.length === 1) return input;
    const time = timeOf(input.peek());
    if (first && !(time < earliest)) continue;
    first = input;
    earliest = time;
  }
  return first;
}

function timeOf<A>({ event }: Incoming<A>): number {
  return event === undefined || Number.isNaN(event.time) ? Number.NEGATIVE_INFINITY : event.time;
}
