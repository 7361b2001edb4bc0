import { addCounts } from '../adapter/add-counts.ts';
import type { EpochMetrics, MetricsReporter } from '../contract/metrics.ts';
import { escaped, exposition } from './exposition.ts';
import { Histogram } from './histogram.ts';

/** A reporter that keeps the measurements for Prometheus to fetch. */
export interface PrometheusMetrics extends MetricsReporter {
  /** Everything as text, in Prometheus' exposition format. */
  text(): string;
  /** The content type to send it with. */
  readonly contentType: string;
}

interface TaskSeries {
  readonly labels: string;
  readonly counts: Record<string, number>;
  readonly durations: Histogram;
  readonly commits: Histogram;
  epochs: number;
  /** `undefined` when the partition is not ours, so that its gauges are those of whoever has it. */
  last: EpochMetrics | undefined;
}

/** Counts that every task has, if only as zero; all others share one name. */
const known = {
  in: 'Records taken from the log.',
  out: 'Rows committed to the sink.',
  late: 'Events that came after their window had closed.',
  dead: 'Events and results that could not be digested.',
} as const;

/**
 * Keeps the measurements of jobs for Prometheus, by job and partition. It needs no server of its
 * own: answer a request with `text()`.
 *
 * @example
 * const metrics = prometheusMetrics();
 * createServer((_, response) => response.setHeader('content-type', metrics.contentType).end(metrics.text())).listen(9464, '127.0.0.1');
 * await run({ ...job, metrics });
 */
export function prometheusMetrics(): PrometheusMetrics {
  const tasks = new Map<string, TaskSeries>();

  return {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    committed(metrics) {
      const { job, partition } = metrics;
      const labels = labelsOf(job, partition);
      const series = tasks.get(labels) ?? {
        labels,
        counts: {},
        durations: new Histogram(),
        commits: new Histogram(),
        epochs: 0,
        last: metrics,
      };
      tasks.set(labels, series);
      addCounts(series.counts, metrics.counts);
      series.durations.observe(metrics.duration / 1_000);
      series.commits.observe(metrics.commitLatency / 1_000);
      series.epochs++;
      series.last = metrics;
    },
    closed(job, partition) {
      const series = tasks.get(labelsOf(job, partition));
      if (series) series.last = undefined;
    },
    text: () => families.map((family) => family([...tasks.values()])).join(''),
  };
}

/** The lines of one family of measurements, of all tasks. */
type Family = (tasks: readonly TaskSeries[]) => string;

/** A family of one number a task. A task that has none is left out. */
function numbers(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  value: (series: TaskSeries) => number | undefined,
): Family {
  const line = (series: TaskSeries) => {
    const sample = value(series);
    return sample === undefined ? [] : [`${name}{${series.labels}} ${sample}`];
  };
  return (tasks) => exposition({ name, type, help }, tasks.flatMap(line));
}

function histogram(name: string, help: string, of: (series: TaskSeries) => Histogram): Family {
  const lines = (series: TaskSeries) => of(series).lines(name, series.labels);
  return (tasks) => exposition({ name, type: 'histogram', help }, tasks.flatMap(lines));
}

/** Counts by the name that an operator gives them. */
function namedCounts(name: string, help: string): Family {
  const lines = ({ labels, counts }: TaskSeries) =>
    Object.entries(counts)
      .filter(([count]) => !(count in known))
      .map(([count, n]) => `${name}{${labels},name="${escaped(count)}"} ${n}`);
  return (tasks) => exposition({ name, type: 'counter', help }, tasks.flatMap(lines));
}

/** In the order in which they are told. */
const families: readonly Family[] = [
  ...Object.entries(known).map(([name, help]) =>
    numbers(`streamify_records_${name}_total`, 'counter', help, ({ counts }) => counts[name] ?? 0),
  ),
  namedCounts(
    'streamify_records_counted_total',
    'What operators count, by the name that they give it.',
  ),
  numbers('streamify_epochs_total', 'counter', 'Epochs committed.', ({ epochs }) => epochs),
  histogram(
    'streamify_epoch_duration_seconds',
    'Time between two epochs that went to the sink.',
    ({ durations }) => durations,
  ),
  histogram(
    'streamify_commit_latency_seconds',
    'Time that the sink took to commit an epoch.',
    ({ commits }) => commits,
  ),
  numbers(
    'streamify_lag_records',
    'gauge',
    'Records that the log holds and the task has not accounted for.',
    ({ last }) => last?.lag,
  ),
  numbers(
    'streamify_watermark_delay_seconds',
    'gauge',
    'How far event time is behind the clock.',
    ({ last }) => (last?.watermarkDelay === undefined ? undefined : last.watermarkDelay / 1_000),
  ),
  numbers(
    'streamify_state_bytes',
    'gauge',
    "Size of the task's saved state.",
    ({ last }) => last?.stateBytes,
  ),
];

function labelsOf(job: string, partition: number): string {
  return `job="${escaped(job)}",partition="${partition}"`;
}
