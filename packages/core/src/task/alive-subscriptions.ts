/** The fields of RxJS' subscriptions that are read here. Some are private, and all are the same in all of 7.8. */
interface Node {
  readonly closed?: boolean;
  /** Whether a subscriber has passed on an error or its completion. */
  readonly isStopped?: boolean;
  readonly _finalizers?: readonly unknown[] | null;
  /** A method of timers only, which are the actions of a scheduler. */
  readonly schedule?: unknown;
  /** The subscriber that this one passes its elements on to. */
  readonly destination?: unknown;
}

/** The subscriptions that are alive, each with those that it ends with itself, and how many timers are among them. */
export interface AliveSubscriptions {
  readonly subscriptions: ReadonlyMap<object, readonly object[]>;
  readonly timers: number;
}

/**
 * The subscriptions of a pipeline that are alive. Between epochs these are the ones that were made when it
 * was subscribed: each operator has subscribed to the one before. Any more are inner subscriptions that wait
 * for something: a promise, a timer, a source of their own. One that is missing has ended, or made way for
 * another.
 *
 * They are found through the subscriptions' finalizers, from the end of the pipeline and from its source:
 * seen from downstream, `share` hides the operators upstream of it.
 *
 * @param end the subscription of the pipeline.
 * @param sources subscribers of its events.
 */
export function aliveSubscriptions(end: unknown, sources: readonly unknown[]): AliveSubscriptions {
  const subscriptions = new Map<object, readonly object[]>();
  let timers = 0;
  const visit = (value: unknown) => {
    if (!isOpen(value) || subscriptions.has(value)) return;
    const within = (value._finalizers ?? []).filter(isOpen);
    subscriptions.set(value, within);
    if (typeof value.schedule === 'function') timers++;
    for (const each of within) visit(each);
  };
  visit(end);
  for (const source of sources)
    for (let each: unknown = source; isOpen(each) && each !== end; each = each.destination)
      visit(each);
  return { subscriptions, timers };
}

/**
 * Whether one of these subscriptions has ended though the one that it belongs to goes on: somebody has caught
 * its error, or subscribed in place of it. Asked while an error is on its way, which ends nothing before it
 * has arrived; `catchError` that throws another one has ended what is upstream of it, and is stopped itself.
 */
export function hasEndedWithin({ subscriptions }: AliveSubscriptions): boolean {
  for (const [each, within] of subscriptions)
    if (isOpen(each) && !each.isStopped && !within.every(isOpen)) return true;
  return false;
}

function isOpen(value: unknown): value is Node & object {
  return typeof value === 'object' && value !== null && (value as Node).closed === false;
}
