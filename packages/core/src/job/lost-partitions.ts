import { backoff } from '../operator-kit/backoff.ts';
import type { Clock } from './clock.ts';

/** Milliseconds before a partition that was taken over is tried again; each further wait is twice as long. */
const waits = {
  shared: { firstDelay: 5_000, maxDelay: 60_000 },
  alone: { firstDelay: 1_000, maxDelay: 60_000 },
};

/** A partition that another owner has taken over, and that this process waits to take back. */
interface LostPartition {
  /** How often in a row it was taken over. */
  readonly losses: number;
  /** Ends the wait. */
  readonly release: AbortController;
}

/** The partitions of a job that other owners have taken over. */
export class LostPartitions {
  readonly #lost = new Map<number, LostPartition>();

  /** Whether there are none. */
  get isEmpty(): boolean {
    return this.#lost.size === 0;
  }

  /** Notes that another owner has taken a partition over. Gives how often in a row. */
  add(partition: number): number {
    const losses = (this.#lost.get(partition)?.losses ?? 0) + 1;
    this.#lost.set(partition, { losses, release: new AbortController() });
    return losses;
  }

  /** Waits before a partition is taken back. Resolves with whether it is still wanted then. */
  async wait(
    partition: number,
    among: keyof typeof waits,
    { clock, stopping }: { readonly clock: Clock; readonly stopping: AbortSignal },
  ): Promise<boolean> {
    const lost = this.#lost.get(partition);
    if (!lost) return false;
    const until = AbortSignal.any([stopping, lost.release.signal]);
    await clock.sleep(backoff(lost.losses, waits[among]), until);
    return !until.aborted;
  }

  /** Ends the wait for a partition that is no longer ours to take back. */
  giveUp(partition: number): void {
    this.#lost.get(partition)?.release.abort();
    this.#lost.delete(partition);
  }

  /** Forgets the losses of a partition that commits again, or is done. */
  regained(partition: number): void {
    this.#lost.delete(partition);
  }
}
