import { addCounts } from '../adapter/add-counts.ts';
import type { EpochMetrics, MetricsReporter } from '../contract/metrics.ts';
import { Histogram } from './histogram.ts';

/** Keeps what Prometheus asks for. */
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
 * createServer((_, response) => response.setHeader('content-type', metrics.contentType).end(metrics.text())).listen(9464);
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
    text: () => expose([...tasks.values()]),
  };
}

/** All families, in the order of this list. */
function expose(tasks: readonly TaskSeries[]): string {
  const family = (name: string, type: string, help: string, lines: readonly string[]): string =>
    lines.length === 0
      ? ''
      : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`;
  const each = (
    name: string,
    type: 'counter' | 'gauge',
    help: string,
    value: (series: TaskSeries) => number | undefined,
  ) =>
    family(
      name,
      type,
      help,
      tasks.flatMap((series) => {
        const sample = value(series);
        return sample === undefined ? [] : `${name}{${series.labels}} ${sample}`;
      }),
    );
  const histogram = (name: string, help: string, of: (series: TaskSeries) => Histogram) =>
    family(
      name,
      'histogram',
      help,
      tasks.flatMap((series) => of(series).lines(name, series.labels)),
    );
  const counted = 'streamify_records_counted_total';
  return [
    ...Object.entries(known).map(([name, help]) =>
      each(`streamify_records_${name}_total`, 'counter', help, ({ counts }) => counts[name] ?? 0),
    ),
    family(
      counted,
      'counter',
      'What operators count, by the name that they give it.',
      tasks.flatMap(({ labels, counts }) =>
        Object.entries(counts)
          .filter(([name]) => !(name in known))
          .map(([name, n]) => `${counted}{${labels},name="${escaped(name)}"} ${n}`),
      ),
    ),
    each('streamify_epochs_total', 'counter', 'Epochs committed.', ({ epochs }) => epochs),
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
    each(
      'streamify_lag_records',
      'gauge',
      'Records that the log holds and the task has not accounted for.',
      ({ last }) => last?.lag,
    ),
    each(
      'streamify_watermark_delay_seconds',
      'gauge',
      'How far event time is behind the clock.',
      ({ last }) => (last?.watermarkDelay === undefined ? undefined : last.watermarkDelay / 1_000),
    ),
    each(
      'streamify_state_bytes',
      'gauge',
      "Size of the task's saved state.",
      ({ last }) => last?.stateBytes,
    ),
  ].join('');
}

function labelsOf(job: string, partition: number): string {
  return `job="${escaped(job)}",partition="${partition}"`;
}

/** A label's value as the format wants it. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
