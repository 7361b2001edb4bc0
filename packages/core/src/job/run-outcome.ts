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
  /** By partition. */
  readonly #fenced = new Map<number, FencedError>();
  #epochs = 0;
  #failure: { readonly cause: unknown } | undefined;

  committed({ counts }: CommitReport): void {
    addCounts(this.#counts, counts);
    this.#epochs++;
  }

  /** Notes that another owner has taken a partition over. */
  fenced(partition: number, cause: FencedError): void {
    this.#fenced.set(partition, cause);
  }

  /** Forgets that another owner had a partition, which is done now. */
  done(partition: number): void {
    this.#fenced.delete(partition);
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
    const [fenced] = this.#fenced.values();
    if (allOrNothing && fenced) throw fenced;
    return { counts: this.#counts, epochs: this.#epochs };
  }
}
