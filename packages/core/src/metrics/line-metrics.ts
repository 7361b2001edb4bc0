import { addCounts } from '../adapter/add-counts.ts';
import { checkOptions } from '../contract/check-options.ts';
import { OptionError } from '../contract/errors.ts';
import type { EpochMetrics, MetricsReporter } from '../contract/metrics.ts';

/** Options of {@link lineMetrics}. */
export interface LineMetricsOptions {
  /** Least milliseconds between two lines of a job. Default 10,000. */
  readonly every?: number;
  /** Takes a line, without its end. Default: standard error. */
  readonly write?: (line: string) => void;
}

/** Counts of a job since its last line. */
interface Interval {
  readonly since: number;
  readonly counts: Record<string, number>;
  /** The last commit of each partition. */
  readonly last: Map<number, EpochMetrics>;
  slowestCommit: number;
}

/**
 * Prints one line about each job now and then, and one for the rest when it ends.
 *
 * @throws OptionError when `every` is negative.
 *
 * @example
 * await run({ ...job, metrics: lineMetrics() });
 * // plays: in 12345 (1234/s), out 12300, dead 3, late 42; partitions 0-3, lag 0, event time 2.1 s behind, slowest commit 12 ms, state 1.2 MB
 */
export function lineMetrics(options: LineMetricsOptions = {}): MetricsReporter {
  checkOptions('lineMetrics', options, { every: true, write: true });
  const { every = 10_000, write = (line) => process.stderr.write(`${line}\n`) } = options;
  if (!(every >= 0)) throw new OptionError(`every must not be negative, got ${every}`);
  const intervals = new Map<string, Interval>();
  /** Partitions that were given up, by job. */
  const gone = new Map<string, Set<number>>();
  const goneOf = (job: string): Set<number> => {
    const partitions = gone.get(job) ?? new Set<number>();
    gone.set(job, partitions);
    return partitions;
  };

  return {
    opened: (job, partition) => void goneOf(job).delete(partition),
    closed: (job, partition) => void goneOf(job).add(partition),
    committed(metrics) {
      const { job, partition, at, duration, commitLatency, counts } = metrics;
      const started = at - commitLatency - duration;
      const interval = intervals.get(job) ?? newInterval(started);
      intervals.set(job, interval);
      addCounts(interval.counts, counts);
      interval.last.set(partition, metrics);
      interval.slowestCommit = Math.max(interval.slowestCommit, commitLatency);
      if (at - interval.since < every) return;
      // What others have taken over is theirs to tell.
      for (const each of goneOf(job)) interval.last.delete(each);
      write(lineOf(job, interval, at));
      intervals.set(job, { ...newInterval(at), last: interval.last });
    },
    ended(job) {
      const interval = intervals.get(job);
      intervals.delete(job);
      gone.delete(job);
      if (!interval || Object.keys(interval.counts).length === 0) return;
      const at = Math.max(...[...interval.last.values()].map((metrics) => metrics.at));
      write(lineOf(job, interval, at));
    },
  };
}

function newInterval(since: number): Interval {
  return { since, counts: {}, last: new Map(), slowestCommit: 0 };
}

function lineOf(job: string, { since, counts, last, slowestCommit }: Interval, at: number): string {
  const { in: seen = 0, out = 0, dead = 0, ...others } = counts;
  const seconds = Math.max(at - since, 1) / 1_000;
  const tasks = [...last.values()];
  const sum = (of: (metrics: EpochMetrics) => number) =>
    tasks.reduce((total, metrics) => total + of(metrics), 0);
  const delays = tasks.flatMap(({ watermarkDelay }) => watermarkDelay ?? []);
  return [
    `${job}: in ${seen} (${Math.round(seen / seconds)}/s), out ${out}, dead ${dead}`,
    ...Object.entries(others).map(([name, n]) => `, ${name} ${n}`),
    `; partitions ${shownPartitions([...last.keys()])}, lag ${sum(({ lag }) => lag)}`,
    delays.length > 0 ? `, event time ${shownDuration(Math.max(...delays))} behind` : '',
    `, slowest commit ${shownDuration(slowestCommit)}`,
    `, state ${shownBytes(sum(({ stateBytes }) => stateBytes))}`,
  ].join('');
}

/** Numbers with their runs drawn together: 0-3, 5. */
function shownPartitions(partitions: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const each of partitions.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && run[1] === each - 1) run[1] = each;
    else runs.push([each, each]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ') || 'none';
}

function shownDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${(ms / 60_000).toFixed(1)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

function shownBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
