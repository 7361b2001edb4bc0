import type { CarriedWatermark } from '../contract/carried-watermark.ts';
import type { StateChange } from '../contract/checkpoint.ts';
import type { DeadLetter, ResultId } from '../contract/dead-letter.ts';
import type { EpochOutput } from '../contract/epoch.ts';
import { PipelineError } from '../contract/errors.ts';
import type { StreamEvent } from '../contract/event.ts';
import { withHost } from '../operator-kit/current-host.ts';
import { StateTable } from '../state/state-table.ts';
import type { StateView } from '../state/state-view.ts';
import { type StateDescriptions, TaskTables } from '../state/task-tables.ts';
import type { Arrival } from './arrival.ts';
import { EventTime } from './event-time.ts';
import type { Pipeline } from './pipeline.ts';
import { asPipelineError, type Failure, PipelineSubscription } from './pipeline-subscription.ts';
import { type OutputTargets, RowGate } from './row-gate.ts';
import { Steps } from './steps.ts';
import type { SettledCall } from './task-calls.ts';
import { TaskHost } from './task-host.ts';

/** The output of an epoch, and its change of the task's saved state. */
export interface TaskEpoch<B> {
  readonly output: EpochOutput<B>;
  readonly state: StateChange | undefined;
}

/** The outcome of a dead letter that was tried again. */
export type Redriven = 'done' | 'done before' | 'dead again';

export interface TaskOptions<A, B> extends Partial<OutputTargets<B>> {
  readonly pipeline: Pipeline<A, B>;
  /** How far an event's time may be ahead of its append to the log, in milliseconds. Default: any. */
  readonly maxFutureSkew?: number;
}

/**
 * Runs one pipeline over the events of one partition, one step after another. A step that throws is
 * undone and becomes a dead letter; the pipeline is subscribed again and goes on. The cost is linear
 * in the failed steps.
 *
 * Calls of asynchronous operators are made between steps. Whoever drives the task awaits them
 * (`settled`) and has their results delivered, each as a step; no epoch is taken before that.
 *
 * Long because each of its methods is a kind of step, told in one place.
 */
export class Task<A, B> {
  readonly #time = new EventTime();
  readonly #redriven = new StateTable('task.redriven', { recording: true });
  readonly #tables = new TaskTables([this.#time.table, this.#redriven]);
  readonly #steps = new Steps<B>(this.#tables);
  readonly #gate: RowGate<B>;
  readonly #host: TaskHost;
  readonly #pipeline: PipelineSubscription<A, B>;
  #fatal: PipelineError | undefined;

  /** @throws PipelineError when the pipeline cannot be subscribed as a task's must be. */
  constructor(options: TaskOptions<A, B>) {
    const { pipeline, maxFutureSkew = Number.POSITIVE_INFINITY } = options;
    this.#gate = new RowGate(this.#steps, options, (cause) => this.#fail(cause));
    this.#host = new TaskHost({
      tables: this.#tables,
      time: this.#time,
      steps: this.#steps,
      maxFutureSkew,
      takeNamed: (output, element) => this.#gate.takeNamed(output, element),
    });
    const take = (row: B) => this.#gate.take(row);
    this.#pipeline = new PipelineSubscription(pipeline, { host: this.#host, take });
    this.#start();
  }

  /** Describes the states: what their content depends on. */
  get states(): StateDescriptions {
    return this.#tables.descriptions;
  }

  /** The named outputs that the pipeline has. */
  get outputs(): ReadonlySet<string> {
    return this.#host.outputs;
  }

  /**
   * Goes on from saved state, as its sink gave it back. Operators find it there when they are subscribed.
   *
   * @param saved the states as they were described with it. Default: as they are now.
   * @throws StateMismatchError when one has changed and is not migrated.
   */
  restore(state: readonly Uint8Array[], saved?: StateDescriptions): void {
    this.#tables.restore(state, saved);
    this.#time.restored();
    this.#start();
  }

  /** The newest event time, or what the topic carries instead; `-Infinity` at first. */
  get watermark(): number {
    return this.#time.watermark;
  }

  /** The state of its operators, to be read from outside. */
  get view(): StateView {
    return this.#tables.view;
  }

  /** The first dead letter of the open epoch. */
  get firstDead(): DeadLetter | undefined {
    return this.#steps.epoch.firstDead;
  }

  /** How many records, and how many dead letters, the open epoch has seen. */
  get seen(): { readonly records: number; readonly dead: number } {
    const { epoch } = this.#steps;
    return { records: epoch.countOf('in'), dead: epoch.dead };
  }

  /** Counts in the open epoch what is no step's doing, such as records that are gone. */
  tally(name: string, n: number): void {
    this.#steps.epoch.tally(name, n);
  }

  refusalOfTime(time: number, loggedAt: number): string | undefined {
    return this.#host.refusalOfTime(time, loggedAt);
  }

  /** Whether calls of asynchronous operators are under way. */
  get isWaiting(): boolean {
    return !this.#steps.calls.isEmpty;
  }

  /** Whether there are as many calls as may be: no more events can be pushed before one has come. */
  get isFull(): boolean {
    return this.#steps.calls.isFull;
  }

  /** Resolves when a call has a result to deliver, or has failed, or when `wake` is called. */
  settled(): Promise<void> {
    return this.#steps.calls.settled();
  }

  /** Ends the wait for a call. */
  wake(): void {
    this.#steps.calls.wake();
  }

  /** Runs `work`, which pushes records; operators belong to this task meanwhile. */
  run(work: () => void): void {
    this.#gate.isOpen = true;
    try {
      withHost({ host: this.#host, subscribing: false }, work);
    } finally {
      this.#gate.isOpen = false;
    }
    this.check();
  }

  /** Pushes an event depth first: when it returns, all that follows from it is done or called for. Only inside `run`. */
  push(event: StreamEvent<A>, arrival: Arrival): void {
    this.#steps.isOf(arrival, undefined, event.time);
    this.#steps.epoch.tally('in');
    if (this.#host.isUnchecked(event.time, event.loggedAt)) this.#steps.epoch.tally('unstamped');
    const failure = this.#step(() => this.#pipeline.next(event), true);
    if (failure) this.#steps.deadLetter('pipeline', failure.cause);
    else {
      this.#digested(event.time);
      if (this.#steps.pending.length > 0) this.#deliverPending();
    }
    if (this.#pipeline.isCompleted)
      this.#fatal ??= new PipelineError(
        'the pipeline completed while events go on: an operator such as take, first or catchError ends it, so nothing of this epoch was committed. To take some of the events, use filter; what fails needs no catchError, since it is a dead letter',
      );
  }

  /** Delivers the results of calls that have come, in the order of their inputs. Only inside `run`. */
  deliver(): void {
    const { calls } = this.#steps;
    for (let settled = calls.take(); settled && !this.#fatal; settled = calls.take())
      this.#deliverCall(settled);
    for (let end = calls.takeCompletion(); end && !this.#fatal; end = calls.takeCompletion()) {
      this.#completing(end);
      this.#deliverPending();
      this.deliver();
    }
  }

  /**
   * Processes again, once, the event or the result that became the dead letter `id`. One that fails again
   * makes no second letter. Only inside `run`.
   *
   * @param tell called with the outcome: before this returns, or when the letter's call has been delivered.
   */
  redrive(
    id: string,
    again: StreamEvent<A> | ResultId,
    arrival: Arrival,
    tell: (outcome: Redriven) => void,
  ): void {
    if (this.#redriven.get(0, id) !== undefined) {
      tell('done before');
      return;
    }
    const isEvent = 'position' in again;
    const told = { id, tell: (isDone: boolean) => tell(isDone ? 'done' : 'dead again') };
    if (!isEvent && this.#steps.calls.redrive(arrival, again, told)) return;
    this.#steps.isOf(arrival, isEvent ? undefined : again);
    const failure = this.#redriveStep(id, () => {
      if (isEvent) this.#pipeline.next(again);
      else this.#host.emitterOf(again.operator)?.next(again.value);
    });
    told.tell(!failure);
    if (!failure) this.#deliverPending();
  }

  /** Counts a record that could not even become an event. Only inside `run`. */
  pushDead(arrival: Arrival, operator: string, cause: unknown): void {
    this.#steps.isOf(arrival);
    this.#steps.epoch.tally('in');
    this.#steps.deadLetter(operator, cause);
  }

  /** Counts a record that is no event, by the reason. Only inside `run`. */
  passOver(reason: string): void {
    this.#steps.epoch.tally('in');
    this.#steps.epoch.tally(reason);
  }

  /** Takes in the watermark of a writer of the topic; operators hear of it when the slowest writer has moved. Only inside `run`, and while no call is under way. */
  pushWatermark(carried: CarriedWatermark, arrival: Arrival): void {
    this.#steps.isOf(arrival);
    const before = this.#time.isCarried ? this.watermark : Number.NEGATIVE_INFINITY;
    this.#step(() => this.#time.report(carried));
    if (this.watermark > before) this.#advance();
  }

  /** Moves event time to `time` by the clock, unless the topic carries it. Only inside `run`, and while no call is under way. */
  advanceTo(time: number, arrival: Arrival): void {
    if (this.#time.isCarried || !(time > this.watermark)) return;
    this.#steps.isOf(arrival);
    this.#step(() => this.#time.moveTo(time));
    this.#advance();
  }

  /**
   * Ends the events: operators emit what they hold. `arrival` is the last record there was. Only inside
   * `run`; the calls that this makes are awaited as all others are, and `checkCompleted` comes behind them.
   */
  complete(arrival: Arrival): void {
    this.#steps.isOf(arrival);
    let dead: number;
    do {
      // A failed result leaves a new pipeline, of which some part may not know yet that its source has ended.
      dead = this.#steps.epoch.dead;
      this.#completing(() => this.#pipeline.complete());
      this.#deliverPending();
    } while (!this.#pipeline.isCompleted && !this.#fatal && this.#steps.epoch.dead > dead);
  }

  /** Whether the whole pipeline has ended, as `complete` wants it to. */
  get isCompleted(): boolean {
    return this.#pipeline.isCompleted;
  }

  /** @throws PipelineError when the pipeline goes on though its events have ended. */
  checkCompleted(): void {
    if (!this.#pipeline.isCompleted) this.#fatal ??= goesOn();
    this.check();
  }

  /**
   * Ends the events to see whether the pipeline holds back elements that no checkpoint covers. It takes no
   * more events then: call it in the last epoch of a task whose job goes on another time.
   *
   * @throws PipelineError when it does.
   */
  checkNothingHeldBack(): void {
    this.#pipeline.checkIdle();
    this.#host.isProbing = true;
    this.#probe();
    // One that has seen no event yet, as behind a restart: defaultIfEmpty shows only there.
    this.#start();
    this.#probe();
  }

  /**
   * Checks the same before the events end for good: what an operator of RxJS emits at the end, such as a
   * sum, would be another one behind a restart. The pipeline is then a new one.
   *
   * @param last the last record there was.
   * @throws PipelineError when the pipeline holds something back.
   */
  checkBeforeCompletion(last: Arrival): void {
    this.#steps.isOf(last);
    this.checkNothingHeldBack();
    this.#host.isProbing = false;
    this.#start();
  }

  /** @throws PipelineError when the pipeline has done what no checkpoint covers, such as emitting between epochs. */
  check(): void {
    this.#fatal ??= this.#gate.fatal;
    if (this.#fatal) throw this.#fatal;
  }

  /** Unsubscribes the pipeline, and gives up its calls. */
  close(): void {
    this.#pipeline.close();
    this.#steps.calls.abort(new DOMException('the task was closed', 'AbortError'));
  }

  /**
   * Ends the epoch and hands over its output.
   *
   * @throws PipelineError when something that its events have set off is still under way.
   */
  takeEpoch(): TaskEpoch<B> {
    this.check();
    if (!this.#pipeline.isCompleted) this.#pipeline.checkIdle();
    const output = this.#steps.epoch.take();
    return { output, state: this.#tables.takeChange() };
  }

  /**
   * Does one piece of work, all of it or nothing. After a failure the pipeline is a new one.
   *
   * @param canBeGivenUp whether a dead letter in it stands for all of it.
   */
  #step(work: () => void, canBeGivenUp = false): Failure | undefined {
    const steps = this.#steps;
    steps.start();
    work();
    const { failure } = this.#pipeline;
    if (!failure) {
      if (canBeGivenUp && steps.epoch.isGivenUp) steps.giveUp();
      else steps.keep();
      return undefined;
    }
    // The pipeline is wrong, not the event.
    if (failure.cause instanceof PipelineError) this.#fatal ??= failure.cause;
    steps.undo();
    this.#subscribe();
    const again = this.#pipeline.failure;
    if (again) this.#fatal ??= asPipelineError('threw while it was subscribed again', again.cause);
    return failure;
  }

  /** Lets an event move event time, once it can become no dead letter any more. */
  #digested(time: number): void {
    if (!this.#steps.isDigested) return;
    const held = this.#host.heldTime(time);
    if (held < time) this.#steps.epoch.tally('ahead');
    this.#time.observe(held);
  }

  /** A step of a dead letter, which is closed with it. */
  #redriveStep(id: string, work: () => void): Failure | undefined {
    return this.#step(() => {
      work();
      const { epoch } = this.#steps;
      if (epoch.isGivenUp) this.#fail(epoch.firstDead?.reason);
      this.#redriven.set(0, id, true);
      epoch.close(id);
      epoch.count('redriven');
    });
  }

  /** Delivers the result of a call, or makes its input a dead letter. */
  #deliverCall({ call: { context, settled }, deliver }: SettledCall): void {
    const { arrival, time, result, redriven } = context;
    // What follows from the result has the event as its cause, as if nobody had waited.
    this.#steps.isOf(arrival, result, time);
    const failure =
      settled && 'value' in settled
        ? redriven
          ? this.#redriveStep(redriven.id, () => deliver(settled.value))
          : this.#step(() => deliver(settled.value), true)
        : settled;
    redriven?.tell(!failure);
    const operator = settled && 'value' in settled ? 'pipeline' : result.operator;
    if (!failure) {
      this.#digested(time);
      this.#deliverPending();
    } else if (!redriven) this.#steps.deadLetter(operator, failure.cause);
  }

  /** Tells operators how far event time has come, each upstream of the next: pipelines are subscribed from their end. */
  #advance(): void {
    const { followers } = this.#host;
    for (let i = followers.length - 1; i >= 0 && !this.#fatal; i--) {
      const failure = this.#step(() => {
        try {
          followers[i]?.(this.watermark);
        } catch (cause) {
          this.#fail(cause);
        }
      });
      if (failure) this.#fatal ??= asPipelineError('threw when event time advanced', failure.cause);
      this.#deliverPending();
    }
  }

  /** Delivers results that operators emitted of their own, and those that follow from them, in the order of emission. */
  #deliverPending(): void {
    const { pending, arrival } = this.#steps;
    for (let i = 0; i < pending.length && !this.#fatal; i++) {
      const { operator, result } = pending[i] as (typeof pending)[number];
      this.#steps.isOf(arrival, result);
      const output = this.#host.emitterOf(operator);
      if (!result) this.#completing(() => output?.complete());
      else {
        const failure = this.#step(() => this.#host.emitterOf(operator)?.next(result.value), true);
        if (failure) this.#steps.deadLetter('pipeline', failure.cause);
      }
    }
    this.#steps.isOf(arrival);
    pending.length = 0;
  }

  /** Ends a part of the pipeline: that it fails is no event's fault. */
  #completing(end: () => void): void {
    const failure = this.#step(end);
    if (failure) this.#fatal ??= asPipelineError('threw when its events ended', failure.cause);
  }

  /** Ends the events in a step that is undone. */
  #probe(): void {
    this.run(() => {
      this.#steps.start();
      const before = this.#steps.epoch.size;
      this.#pipeline.complete();
      const { failure } = this.#pipeline;
      if (failure)
        this.#fatal ??= asPipelineError(
          'fails when its events end, as it may behind any restart; leave out what wants another number of them, such as throwIfEmpty or single',
          failure.cause,
        );
      else if (!this.#pipeline.isCompleted) this.#fatal ??= goesOn();
      else if (this.#steps.epoch.size > before) this.#fatal ??= heldBack();
      this.#steps.undo();
    });
  }

  #start(): void {
    this.#subscribe();
    this.check();
    this.#pipeline.check();
  }

  #subscribe(): void {
    this.#host.release();
    this.#pipeline.subscribe();
  }

  #fail(cause: unknown): void {
    this.#pipeline.fail(cause);
  }
}

function heldBack(): PipelineError {
  return new PipelineError(
    'the pipeline holds back elements until its events end, with an operator such as bufferCount, toArray, last or endWith: no checkpoint would hold them, so nothing of this epoch was committed. Use a window, or an operator that keeps them by useState',
  );
}

function goesOn(): PipelineError {
  return new PipelineError(
    'the pipeline did not complete when its events ended: it waits for something, or has a source of its own, such as another observable that is merged into it. Make that a topic, which the job reads as well, or leave it out',
  );
}
