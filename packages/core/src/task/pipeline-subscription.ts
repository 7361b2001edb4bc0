import { Observable, Subject, type Subscriber, Subscription } from 'rxjs';
import { PipelineError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { withHost } from '../operator-kit/current-host.ts';
import type { OperatorHost } from '../operator-kit/operator-host.ts';
import { type AliveSubscriptions, aliveSubscriptions } from './alive-subscriptions.ts';
import type { Pipeline } from './pipeline.ts';

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
  #sources: Subscriber<StreamEvent<A>>[] = [];
  #isStarted = false;
  #isCompleted = false;
  #failure: Failure | undefined;
  #atStart: AliveSubscriptions = { subscriptions: 0, timers: 0 };

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
    this.#input.complete();
  }

  fail(cause: unknown): void {
    this.#failure ??= { cause };
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
    this.#sources = [];
    this.#input = new Subject();
    withHost({ host: this.#owner.host, subscribing: true }, () => {
      try {
        this.#subscription = this.#pipeline(this.#eventsOf(this.#input)).subscribe({
          next: (row) => this.#owner.take(row),
          error: (cause) => this.fail(cause),
          complete: () => {
            this.#isCompleted = true;
          },
        });
      } catch (cause) {
        this.fail(cause);
      }
    });
    this.#isStarted = true;
    this.#atStart = this.#alive();
  }

  /** @throws PipelineError when the pipeline cannot be one of a task. */
  check(): void {
    if (this.#failure) throw asPipelineError('threw while it was subscribed', this.#failure.cause);
    if (this.#sources.length !== 1)
      throw new PipelineError(
        `the pipeline subscribed to its events ${this.#sources.length} times, which must be once: use share or connect to branch`,
      );
    if (this.#isCompleted) throw new PipelineError('the pipeline completed before its first event');
    if (this.#atStart.timers > 0)
      throw new PipelineError(
        `the pipeline waits by a clock, with an operator such as bufferTime or sampleTime, or a timer of its own: what it holds back would be lost behind a checkpoint. Use a window of event time, or ${useMapAsync}`,
      );
  }

  /** @throws PipelineError when something that an event has set off is still under way. */
  checkIdle(): void {
    const { subscriptions, timers } = this.#alive();
    if (subscriptions <= this.#atStart.subscriptions) return;
    throw new PipelineError(
      `the pipeline holds back what an event has set off, ${timers > 0 ? 'with an operator such as delay, debounceTime or observeOn' : 'with an operator such as mergeMap, concatMap, switchMap or groupBy'}: no checkpoint would hold it, so nothing of this epoch was committed. To await something, ${useMapAsync}; to group, use a window's by, or keyed state`,
    );
  }

  #alive(): AliveSubscriptions {
    return aliveSubscriptions(this.#subscription, this.#sources);
  }

  #eventsOf(input: Subject<StreamEvent<A>>): Observable<StreamEvent<A>> {
    return new Observable((subscriber) => {
      if (this.#isStarted) {
        const cause = new PipelineError(
          'the pipeline subscribed to its events once more, with an operator such as retry or repeat: what failed would be lost. Leave it out: an event that fails is a dead letter, and the pipeline goes on',
        );
        this.fail(cause);
        throw cause;
      }
      this.#sources.push(subscriber);
      return input.subscribe(subscriber);
    });
  }
}

/** Makes a PipelineError of a failure, unless it is one. */
export function asPipelineError(what: string, cause: unknown): PipelineError {
  if (cause instanceof PipelineError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new PipelineError(`the pipeline ${what}: ${message}`, { cause });
}
