import { isObservable, Observable, Subject, Subscription } from 'rxjs';
import { PipelineError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { withHost } from '../operator-kit/current-host.ts';
import type { OperatorHost } from '../operator-kit/operator-host.ts';
import {
  type AliveSubscriptions,
  aliveSubscriptions,
  hasEndedWithin,
} from './alive-subscriptions.ts';
import type { Pipeline } from './pipeline.ts';
import { subscriptionsMade } from './subscriptions-made.ts';

/** The host of a pipeline's operators, and the taker of its rows. */
export interface SubscriptionOwner<B> {
  readonly host: OperatorHost;
  readonly take: (row: B) => void;
}

/** An error that the pipeline has ended with. */
export interface Failure {
  readonly cause: unknown;
}

const useMapAsync = 'wait inside of mapAsync, for which an epoch waits';

/** Subscribes a pipeline, and does so anew after each failure, over the same state. */
export class PipelineSubscription<A, B> {
  readonly #pipeline: Pipeline<A, B>;
  readonly #owner: SubscriptionOwner<B>;
  #input = new Subject<StreamEvent<A>>();
  #subscription = Subscription.EMPTY;
  /** The subscriptions that were made with it. */
  #made: readonly Subscription[] = [];
  /** How often the pipeline has subscribed to its events. */
  #uses = 0;
  #isStarted = false;
  #isCompleted = false;
  #failure: Failure | undefined;
  #atStart: AliveSubscriptions = { subscriptions: new Map(), timers: 0 };
  #isEnding = false;

  constructor(pipeline: Pipeline<A, B>, owner: SubscriptionOwner<B>) {
    this.#pipeline = pipeline;
    this.#owner = owner;
  }

  get isCompleted(): boolean {
    return this.#isCompleted;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  next(event: StreamEvent<A>): void {
    this.#input.next(event);
  }

  complete(): void {
    this.#isEnding = true;
    this.#input.complete();
  }

  /** Ends the pipeline, which is subscribed anew: what has ended in it before would not be seen any more. */
  fail(cause: unknown): void {
    if (this.#failure) return;
    const isLost =
      this.#isStarted &&
      !this.#isEnding &&
      !(cause instanceof PipelineError) &&
      hasEndedWithin(this.#atStart);
    this.#failure = { cause: isLost ? endedPart() : cause };
  }

  close(): void {
    this.#subscription.unsubscribe();
  }

  /** Subscribes the pipeline, in place of the subscription that there was. */
  subscribe(): void {
    this.close();
    this.#failure = undefined;
    this.#isCompleted = false;
    this.#isStarted = false;
    this.#isEnding = false;
    this.#uses = 0;
    this.#input = new Subject();
    this.#made = subscriptionsMade(() =>
      withHost({ host: this.#owner.host, subscribing: true }, () => this.#connect()),
    );
    this.#isStarted = true;
    this.#atStart = this.#alive();
  }

  #connect(): void {
    try {
      const rows$: unknown = this.#pipeline(this.#eventsOf(this.#input));
      if (!isObservable(rows$)) throw new PipelineError(noObservable(rows$));
      this.#subscription = (rows$ as Observable<B>).subscribe({
        next: (row) => this.#owner.take(row),
        error: (cause) => this.fail(cause),
        complete: () => {
          this.#isCompleted = true;
        },
      });
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** @throws PipelineError when the pipeline cannot be one of a task. */
  check(): void {
    if (this.#failure) throw asPipelineError('threw while it was subscribed', this.#failure.cause);
    if (this.#uses === 0)
      throw new PipelineError(
        'the pipeline subscribed to its events 0 times, which must be once, with an operator such as subscribeOn, or multicast and nobody who connects: they would be lost. Leave it out; use share or connect to branch',
      );
    if (this.#uses !== 1)
      throw new PipelineError(
        `the pipeline subscribed to its events ${this.#uses} times, which must be once: use share or connect to branch`,
      );
    if (this.#isCompleted) throw new PipelineError('the pipeline completed before its first event');
    if (this.#atStart.timers > 0)
      throw new PipelineError(
        `the pipeline waits by a clock, with an operator such as bufferTime or sampleTime, or a timer of its own: what it holds back would be lost behind a checkpoint. Use a window of event time, or ${useMapAsync}`,
      );
  }

  /** @throws PipelineError when something that an event has set off is still under way, or a part has ended. */
  checkIdle(): void {
    const { subscriptions, timers } = this.#alive();
    const before = this.#atStart.subscriptions;
    for (const each of before.keys()) if (!subscriptions.has(each)) throw endedPart();
    if (subscriptions.size === before.size) return;
    throw new PipelineError(
      `the pipeline holds back what an event has set off, ${timers > 0 ? 'with an operator such as delay, debounceTime or observeOn' : 'with an operator such as mergeMap, concatMap, switchMap or groupBy'}: no checkpoint would hold it, so nothing of this epoch was committed. To await something, ${useMapAsync}; to group, use a window's by, or keyed state`,
    );
  }

  #alive(): AliveSubscriptions {
    return aliveSubscriptions([this.#subscription, ...this.#made]);
  }

  #eventsOf(input: Subject<StreamEvent<A>>): Observable<StreamEvent<A>> {
    return new Observable((subscriber) => {
      if (this.#isStarted) {
        const cause = new PipelineError(
          'the pipeline subscribed to its events once more, with an operator such as retry, repeat or catchError: what failed would be lost, so nothing of this epoch was committed. Leave it out: an event that fails is a dead letter, and the pipeline goes on',
        );
        this.fail(cause);
        throw cause;
      }
      this.#uses++;
      return input.subscribe(subscriber);
    });
  }
}

function noObservable(found: unknown): string {
  const what = found instanceof Promise ? 'a promise: it must not be async' : String(found);
  return `through must give the observable that comes of its events, and gave ${what}`;
}

function endedPart(): PipelineError {
  return new PipelineError(
    'a part of the pipeline has ended or was subscribed again while its events go on, with an operator such as catchError, retry, repeat, take or first: what failed would be lost, and no checkpoint would hold what is over, so nothing of this epoch was committed. Leave it out: an event that fails is a dead letter, and the pipeline goes on. To take some of the events, use filter',
  );
}

/** Makes a PipelineError of a failure, unless it is one. */
export function asPipelineError(what: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PipelineError(`the pipeline ${what}: ${message}`, { cause });
}
