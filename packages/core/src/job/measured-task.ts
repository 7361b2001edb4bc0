import { stateAfter } from '../adapter/state-after.ts';
import type { PartitionReader } from '../contract/event-log.ts';
import type { MetricsReporter } from '../contract/metrics.ts';
import type { SinkTask } from '../contract/sink.ts';

/** Names, readers and clock by which a task's commits are measured. */
export interface MeasuredTaskOptions {
  readonly job: string;
  readonly partition: number;
  /** Names of the inputs. */
  readonly names: readonly string[];
  /** Readers of the inputs, in the order of their names; open by the first commit. */
  readonly readers: () => readonly PartitionReader[];
  readonly reporter: MetricsReporter;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Wraps a task at its sink, so that it reports each commit once it is done. */
export function measuredTask<T>(owner: SinkTask<T>, options: MeasuredTaskOptions): SinkTask<T> {
  const { job, partition, names, readers, reporter, now } = options;
  let stateParts: readonly number[] = (owner.checkpoint?.state ?? []).map(({ length }) => length);
  let startedAt = now();
  reporter.opened?.(job, partition);

  const lagBehind = async (next: Readonly<Record<string, number>>): Promise<number> => {
    let lag = 0;
    for (const [i, reader] of readers().entries()) {
      const { end } = await reader.bounds();
      lag += Math.max(0, end - (next[names[i] ?? ''] ?? end));
    }
    return lag;
  };

  return {
    checkpoint: owner.checkpoint,
    refusal: (row) => owner.refusal(row),
    refusalOf: (output, row) => owner.refusalOf(output, row),
    async commit(commit, output) {
      const { epoch, next, state, watermark } = commit;
      const givenAt = now();
      const duration = givenAt - startedAt;
      startedAt = givenAt;
      await owner.commit(commit, output);
      const at = now();
      stateParts = stateAfter(stateParts, state, ({ bytes }) => bytes.length);
      reporter.committed({
        job,
        partition,
        epoch,
        at,
        counts: output.counts,
        duration,
        commitLatency: at - givenAt,
        lag: await lagBehind(next),
        watermarkDelay: Number.isFinite(watermark) ? at - watermark : undefined,
        stateBytes: stateParts.reduce((sum, bytes) => sum + bytes, 0),
      });
    },
    async close() {
      reporter.closed?.(job, partition);
      await owner.close();
    },
  };
}
