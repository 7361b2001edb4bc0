import { lineMetrics, type MetricsReporter } from '@streamify/core';

/** Writes a line with the time of day. */
export function timedLine(line: string): void {
  process.stdout.write(`${new Date().toTimeString().slice(0, 8)}  ${line}\n`);
}

/** Milliseconds in which a change of the group comes to rest, before it is told. */
const settling = 500;
/** Milliseconds between two lines about a job. */
const every = 10_000;

/**
 * Tells what the jobs of this process do: a line about each now and then, and one that says which
 * partitions it holds whenever that has changed.
 *
 * @param shared the jobs that other processes may work on as well.
 */
export function liveLines(say: (line: string) => void, shared: readonly string[]): MetricsReporter {
  const lines = lineMetrics({ every, write: say });
  const held = new Map<string, Set<number>>(shared.map((job) => [job, new Set()]));
  let told = '';
  let timer: NodeJS.Timeout | undefined;
  const tell = () => {
    const line = [...held].map(([job, partitions]) => `${job} ${listOf(partitions)}`).join('; ');
    if (line !== told) say(`partitions held: ${line}`);
    told = line;
  };
  const change = () => {
    clearTimeout(timer);
    timer = setTimeout(tell, settling);
    timer.unref();
  };
  return {
    opened(job, partition) {
      lines.opened?.(job, partition);
      if (held.get(job)?.add(partition)) change();
    },
    committed(metrics) {
      const { watermarkDelay = -1, ...rest } = metrics;
      // A simulation that is ahead of the clock is not behind it.
      lines.committed({ ...rest, watermarkDelay: watermarkDelay < 0 ? undefined : watermarkDelay });
    },
    closed(job, partition) {
      lines.closed?.(job, partition);
      if (held.get(job)?.delete(partition)) change();
    },
    ended: (job) => lines.ended?.(job),
  };
}

const listOf = (partitions: ReadonlySet<number>): string =>
  [...partitions].sort((a, b) => a - b).join(',') || 'none';
