import { Observable, type Subscription } from 'rxjs';

/**
 * Runs `subscribe`, and lists the subscriptions that are made meanwhile, within all operators. No one of them
 * leads to all others: what stands between two `share`s is reached from neither end of a pipeline.
 *
 * They pass through `Observable.prototype.subscribe`, which is another one for as long as `subscribe` runs.
 */
export function subscriptionsMade(subscribe: () => void): readonly Subscription[] {
  const { prototype } = Observable;
  const { subscribe: original } = prototype;
  const made: Subscription[] = [];
  prototype.subscribe = function (this: Observable<unknown>, ...to: unknown[]) {
    const subscription = Reflect.apply(original, this, to) as Subscription;
    made.push(subscription);
    return subscription;
  };
  try {
    subscribe();
  } finally {
    prototype.subscribe = original;
  }
  return made;
}
