import { checkOptions } from '../contract/check-options.ts';
import type { MetricsReporter } from '../contract/metrics.ts';

/** Options of {@link jsonMetrics}. */
export interface JsonMetricsOptions {
  /** Takes a line, without its end. Default: standard error. */
  readonly write?: (line: string) => void;
}

/**
 * Writes structured logs: a line of JSON for each partition that is taken up or given up, for each
 * commit, and for the end of a job.
 *
 * @example
 * await run({ ...job, metrics: jsonMetrics() });
 * // {"event":"committed","job":"plays","partition":0,"epoch":7,"at":1700000000000,"counts":{"in":20000,…},…}
 */
export function jsonMetrics(options: JsonMetricsOptions = {}): MetricsReporter {
  checkOptions('jsonMetrics', options, { write: true });
  const { write = (line) => process.stderr.write(`${line}\n`) } = options;
  return {
    opened: (job, partition) => write(JSON.stringify({ event: 'opened', job, partition })),
    closed: (job, partition) => write(JSON.stringify({ event: 'closed', job, partition })),
    committed: (metrics) => write(JSON.stringify({ event: 'committed', ...metrics })),
    ended: (job) => write(JSON.stringify({ event: 'ended', job })),
  };
}
