import { addCounts } from '../adapter/add-counts.ts';
import type { FencedError } from '../contract/errors.ts';
import type { CommitReport } from './commit-queue.ts';

/** Counts and epochs of a job while it ran. */
export interface JobSummary {
  /** Sums of the counts of all epochs: `in`, `out`, `dead`, and what operators count. */
  readonly counts: Readonly<Record<string, number>>;
  readonly epochs: number;
}

/** The outcome of a run so far: its counts, what it was fenced from, and why it fails. */
export class RunOutcome {
  readonly #counts: Record<string, number> = {};
  readonly #fenced: FencedError[] = [];
  #epochs = 0;
  #failure: { readonly cause: unknown } | undefined;

  committed({ counts }: CommitReport): void {
    addCounts(this.#counts, counts);
    this.#epochs++;
  }

  /** Notes that another owner has taken a partition over. */
  fenced(cause: FencedError): void {
    this.#fenced.push(cause);
  }

  /** Notes why the run ends: the first reason counts. */
  failed(cause: unknown): void {
    this.#failure ??= { cause };
  }

  /**
   * Sums up the run. Throws what it failed with.
   *
   * @param allOrNothing whether a partition that went to another owner is a failure.
   */
  summary({ allOrNothing }: { readonly allOrNothing: boolean }): JobSummary {
    if (this.#failure) throw this.#failure.cause;
    if (allOrNothing && this.#fenced[0]) throw this.#fenced[0];
    return { counts: this.#counts, epochs: this.#epochs };
  }
}
