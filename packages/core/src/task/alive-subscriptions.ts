/** What of RxJS' subscriptions is looked at. `_finalizers` is private, and the same in all of 7.8. */
interface Node {
  readonly closed?: boolean;
  readonly _finalizers?: readonly unknown[] | null;
  /** Only actions of a scheduler have it: timers. */
  readonly schedule?: unknown;
  /** Where a subscriber passes things on to. */
  readonly destination?: unknown;
}

/** How many subscriptions are alive, and how many timers among them. */
export interface AliveSubscriptions {
  readonly subscriptions: number;
  readonly timers: number;
}

/**
 * Counts what is alive of a pipeline. Between epochs that is as much as when it was subscribed: each
 * operator has subscribed to the one before. More than that is an inner subscription that waits for
 * something: a promise, a timer, a source of its own.
 *
 * It is found through the subscriptions' finalizers, from the end of the pipeline and from its source:
 * `share` hides what is upstream of it from those downstream.
 *
 * @param end what subscribing the pipeline gave.
 * @param sources subscribers of its events.
 */
export function aliveSubscriptions(end: unknown, sources: readonly unknown[]): AliveSubscriptions {
  const seen = new Set<unknown>();
  let [subscriptions, timers] = [0, 0];
  const visit = (value: unknown) => {
    if (!isOpen(value) || seen.has(value)) return;
    seen.add(value);
    subscriptions++;
    if (typeof value.schedule === 'function') timers++;
    for (const each of value._finalizers ?? []) visit(each);
  };
  visit(end);
  for (const source of sources)
    for (let each: unknown = source; isOpen(each) && each !== end; each = each.destination)
      visit(each);
  return { subscriptions, timers };
}

function isOpen(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && (value as Node).closed === false;
}
