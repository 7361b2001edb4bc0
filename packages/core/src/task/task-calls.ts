import type { ResultId } from '../contract/dead-letter.ts';
import { PipelineError } from '../contract/errors.ts';
import { CallQueue, type QueuedCall } from '../operator-kit/call-queue.ts';
import type { Caller, CallOptions } from '../operator-kit/calls.ts';
import type { Arrival } from './arrival.ts';

/** The record that a call is made for, and the call's name in a dead letter. */
export interface CallOrigin {
  readonly arrival: Arrival;
  /** Time of the event that is digested once the call's result is; `NaN` where there is none. */
  readonly time: number;
  /** Names the call in a dead letter: the operator, and its input. */
  readonly result: ResultId;
  /** Hears how the call of a dead letter has ended; `undefined` for the call of an event. */
  readonly redriven?: { readonly id: string; readonly tell: (isDone: boolean) => void };
}

/** A call that has a result or has failed, and its operator's taker of results. */
export interface SettledCall {
  readonly call: QueuedCall<unknown, unknown, CallOrigin>;
  readonly deliver: (result: unknown) => void;
}

interface OperatorQueue {
  readonly operator: string;
  readonly queue: CallQueue<unknown, unknown, CallOrigin>;
  /** Entries before the open step. */
  before: number;
  /** Whether its source has ended, and its output is to complete behind the calls. */
  isEnding: boolean;
}

/** The record, and the result of it, that is being processed. */
interface Origin {
  readonly arrival: Arrival;
  readonly result: ResultId | undefined;
  readonly time: number;
}

/** The calls of all asynchronous operators of a task. They outlive a subscription of its pipeline. */
export class TaskCalls {
  readonly #origin: Origin;
  readonly #queues: OperatorQueue[] = [];
  /** Operators of the present subscription. */
  readonly #bound = new Set<string>();
  #wake: () => void = () => {};

  constructor(origin: Origin) {
    this.#origin = origin;
  }

  /** Has an operator's calls made, by the newest of its subscriptions. */
  bind<In, Out>(operator: string, options: CallOptions<In, Out>): Caller<In> {
    if (this.#bound.has(operator))
      throw new PipelineError(`two steps are called ${operator}: give one of them a name`);
    this.#bound.add(operator);
    const own = this.#queueOf(operator, options as CallOptions<unknown, unknown>);
    return {
      submit: (input) =>
        own.queue.add(input, {
          arrival: this.#origin.arrival,
          time: this.#origin.time,
          result: this.#nameOf(operator, own, input),
        }),
      complete: () => {
        if (own.queue.length === 0) options.completed();
        else own.isEnding = true;
      },
    };
  }

  /** Lets all operators be bound again. */
  release(): void {
    this.#bound.clear();
    for (const own of this.#queues) own.isEnding = false;
  }

  /** Whether no call is under way, and no result waits to be delivered. */
  get isEmpty(): boolean {
    for (const { queue } of this.#queues) if (queue.length > 0) return false;
    return true;
  }

  /** Whether an operator has as many calls as it may: no more events can be pushed. */
  get isFull(): boolean {
    for (const { queue } of this.#queues) if (queue.isFull) return true;
    return false;
  }

  /** Resolves when a call has a result or has failed. Only one caller may wait. */
  settled(): Promise<void> {
    if (this.#hasHead()) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Ends the wait. */
  wake(): void {
    this.#wake();
  }

  /** Takes the next call whose turn it is; `undefined` while the first of each operator is under way. */
  take(): SettledCall | undefined {
    for (const { queue } of this.#queues) {
      const call = queue.head;
      if (!call) continue;
      queue.shift();
      return { call, deliver: queue.options.deliver };
    }
    return undefined;
  }

  /** Takes the completion of an operator whose calls are all delivered. */
  takeCompletion(): (() => void) | undefined {
    for (const own of this.#queues) {
      if (!own.isEnding || own.queue.length > 0) continue;
      own.isEnding = false;
      return own.queue.options.completed;
    }
    return undefined;
  }

  /** Makes the call of a dead letter again. Gives `false` when its operator makes none. */
  redrive(arrival: Arrival, result: ResultId, redriven: CallOrigin['redriven']): boolean {
    const own = this.#find(result.operator);
    if (!own || !redriven) return false;
    own.queue.add(result.value, { arrival, time: Number.NaN, result, redriven });
    own.queue.start();
    return true;
  }

  /** Whether the last step has asked for calls. */
  get hasAsked(): boolean {
    for (const { queue, before } of this.#queues) if (queue.length > before) return true;
    return false;
  }

  startStep(): void {
    for (const own of this.#queues) own.before = own.queue.length;
  }

  /** Starts the calls that the step has asked for, as far as the operators' bounds allow. */
  keepStep(): void {
    for (const { queue } of this.#queues) queue.start();
  }

  /** Forgets the calls that the step has asked for. */
  undoStep(): void {
    for (const { queue, before } of this.#queues) queue.truncate(before);
  }

  /** Gives up all calls. */
  abort(reason: unknown): void {
    for (const { queue } of this.#queues) queue.abort(reason);
  }

  #queueOf(operator: string, options: CallOptions<unknown, unknown>): OperatorQueue {
    const existing = this.#find(operator);
    existing?.queue.rebind(options);
    if (existing) return existing;
    const queue = new CallQueue<unknown, unknown, CallOrigin>(options, () => this.wake());
    const own = { operator, queue, before: 0, isEnding: false };
    this.#queues.push(own);
    return own;
  }

  #find(operator: string): OperatorQueue | undefined {
    return this.#queues.find((own) => own.operator === operator);
  }

  /** One name for each input that a step gives to an operator, the same whenever the step is done again. */
  #nameOf(operator: string, { queue, before }: OperatorQueue, value: unknown): ResultId {
    const { result } = this.#origin;
    const key = result ? `${result.operator} ${result.at} ${result.key}` : '';
    return { operator, key, at: queue.length - before, value };
  }

  #hasHead(): boolean {
    for (const { queue } of this.#queues) if (queue.head) return true;
    return false;
  }
}
