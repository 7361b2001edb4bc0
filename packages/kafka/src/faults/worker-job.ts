import type { GroupTiming } from '../log/group-session.ts';

/** What a worker of the fault tests is to do. */
export interface WorkerJob {
  readonly brokers: readonly string[];
  /** Begins the names of topics and jobs. */
  readonly prefix: string;
  /** `songs` re-keys plays by song and counts them in windows; `listeners` drops duplicates and counts. */
  readonly work: 'songs' | 'listeners';
  /** Where windows go: `naive` fences nobody, and writes rows and checkpoint one after the other. */
  readonly sink: 'kafka' | 'naive';
  /** How its group notices that members are gone; without that it takes all partitions for itself. */
  readonly group?: GroupTiming;
  readonly maxRecords: number;
  /** Stops itself before this commit that has windows, counted from 1. */
  readonly stopBefore?: number;
  /** Kills itself behind the rows of this commit that has some, before the checkpoint; with the naive sink. */
  readonly killBehindRows?: number;
}

/** What a worker tells. */
export type WorkerMessage =
  | { readonly committed: number }
  /** The partitions of the windows' job that it works on, whenever they change. */
  | { readonly holds: readonly number[] }
  /** A partition that another owner has taken over. */
  | { readonly fenced: number; readonly cause: string }
  | { readonly failure: string };
