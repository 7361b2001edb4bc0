import { PipelineError } from '../contract/errors.ts';
import type { Steps } from './steps.ts';

/** The outputs of a task that have a sink, and which rows these refuse. */
export interface OutputTargets<B> {
  /** Says why the sink could not store a row of the main stream. */
  readonly refusal: (row: B) => string | undefined;
  /** Says why the sink of a named output could not store a row. */
  readonly refusalOf: (output: string, row: unknown) => string | undefined;
  /** Named outputs that have a sink; the elements of all others are kept as JSON. */
  readonly sinkOutputs: ReadonlySet<string>;
}

/** Lets rows into the epoch while the task is at work; an event of which the sink cannot store a row becomes a dead letter. */
export class RowGate<B> {
  readonly #steps: Steps<B>;
  readonly #targets: OutputTargets<B>;
  readonly #fail: (cause: unknown) => void;
  /** Whether the task is at work: an element that is emitted at another time belongs to no event. */
  isOpen = false;
  /** The error of an emission that no pipeline may make. */
  fatal: PipelineError | undefined;

  constructor(steps: Steps<B>, targets: Partial<OutputTargets<B>>, fail: (cause: unknown) => void) {
    this.#steps = steps;
    this.#targets = {
      refusal: targets.refusal ?? (() => undefined),
      refusalOf: targets.refusalOf ?? (() => undefined),
      sinkOutputs: targets.sinkOutputs ?? new Set(),
    };
    this.#fail = fail;
  }

  /** Takes a row of the main stream. */
  take(row: B): void {
    if (row === undefined || row instanceof Promise || !this.isOpen) {
      this.fatal ??= wrongEmission(row);
      return;
    }
    const refused = this.#refusalOf(() => this.#targets.refusal(row));
    if (refused === undefined) this.#steps.epoch.addRow(row, this.#steps.cause);
  }

  /** Takes an element of a named output. */
  takeNamed(output: string, element: unknown): void {
    const { epoch, cause } = this.#steps;
    if (element === undefined || element instanceof Promise || !this.isOpen)
      this.fatal ??= wrongEmission(element, output);
    else if (!this.#targets.sinkOutputs.has(output)) epoch.putAside({ output, element, cause });
    else if (this.#refusalOf(() => this.#targets.refusalOf(output, element)) === undefined)
      epoch.addNamed(output, element, cause);
  }

  /** Makes a dead letter of what the sink refuses, and gives the reason. */
  #refusalOf(refusal: () => string | undefined): string | undefined {
    let refused: string | undefined;
    try {
      refused = refusal();
    } catch (cause) {
      // RxJS would throw it later, where nobody can catch it.
      this.#fail(cause);
      return 'it threw';
    }
    if (refused !== undefined)
      this.#steps.epoch.addDeadLetter(this.#steps.letter('sink', refused, undefined));
    return refused;
  }
}

function wrongEmission(row: unknown, output?: string): PipelineError {
  const who = output === undefined ? 'the pipeline' : `output ${output}`;
  if (row === undefined)
    return new PipelineError(`${who} emitted undefined: a map without a return value?`);
  if (row instanceof Promise) {
    // Nobody awaits it.
    row.catch(() => {});
    return new PipelineError(
      `${who} emitted a promise: an async function in map gives no value that could be stored; use mapAsync`,
    );
  }
  return new PipelineError(
    `${who} emitted outside an epoch: operators such as delay, debounceTime and startWith cannot be checkpointed: leave them out; to await something, use mapAsync`,
  );
}
