/** The fields of RxJS' subscriptions that are read here. Some are private, and all are the same in all of 7.8. */
interface Node {
  readonly closed?: boolean;
  /** Whether a subscriber has passed on an error or its completion. */
  readonly isStopped?: boolean;
  readonly _finalizers?: readonly unknown[] | null;
  /** A method of timers only, which are the actions of a scheduler. */
  readonly schedule?: unknown;
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
 * @param made the subscriptions that were made with the pipeline's own. What they end with themselves is
 *   found through their finalizers.
 */
export function aliveSubscriptions(made: readonly unknown[]): AliveSubscriptions {
  const subscriptions = new Map<object, readonly object[]>();
  let timers = 0;
  const visit = (value: unknown) => {
    if (!isOpen(value) || subscriptions.has(value)) return;
    const within = (value._finalizers ?? []).filter(isOpen);
    subscriptions.set(value, within);
    if (typeof value.schedule === 'function') timers++;
    for (const each of within) visit(each);
  };
  for (const each of made) visit(each);
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
