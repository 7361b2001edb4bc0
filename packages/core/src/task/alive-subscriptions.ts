/** The fields of RxJS' subscriptions that are read here. `_finalizers` is private, and the same in all of 7.8. */
interface Node {
  readonly closed?: boolean;
  readonly _finalizers?: readonly unknown[] | null;
  /** A method of timers only, which are the actions of a scheduler. */
  readonly schedule?: unknown;
  /** The subscriber that this one passes its elements on to. */
  readonly destination?: unknown;
}

/** How many subscriptions are alive, and how many timers among them. */
export interface AliveSubscriptions {
  readonly subscriptions: number;
  readonly timers: number;
}

/**
 * Counts the subscriptions of a pipeline that are alive. Between epochs there are as many as when it was
 * subscribed: each operator has subscribed to the one before. Any more are inner subscriptions that wait
 * for something: a promise, a timer, a source of their own.
 *
 * They are found through the subscriptions' finalizers, from the end of the pipeline and from its source:
 * seen from downstream, `share` hides the operators upstream of it.
 *
 * @param end the subscription of the pipeline.
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
