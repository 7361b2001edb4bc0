import { describe, expect, it } from 'vitest';
import type { EpochMetrics } from '../contract/metrics.ts';
import { jsonMetrics } from './json-metrics.ts';
import { lineMetrics } from './line-metrics.ts';
import { prometheusMetrics } from './prometheus-metrics.ts';

const epoch = (values: Partial<EpochMetrics> = {}): EpochMetrics => ({
  job: 'plays',
  partition: 0,
  epoch: 1,
  at: 10_000,
  counts: { in: 100, out: 90 },
  duration: 900,
  commitLatency: 100,
  lag: 5,
  watermarkDelay: 2_500,
  stateBytes: 1_500,
  ...values,
});

describe('lineMetrics', () => {
  const printed = (work: (reporter: ReturnType<typeof lineMetrics>) => void, every = 10_000) => {
    const lines: string[] = [];
    work(lineMetrics({ every, write: (line) => lines.push(line) }));
    return lines;
  };

  it('prints one line a job when enough time has passed, of all its partitions', () => {
    const lines = printed((reporter) => {
      reporter.committed(epoch());
      reporter.committed(epoch({ partition: 1, at: 15_000, counts: { in: 10, dead: 2, late: 3 } }));
      reporter.committed(epoch({ job: 'skips', at: 18_000 }));
      reporter.committed(epoch({ epoch: 2, at: 19_000, commitLatency: 1_500, watermarkDelay: 0 }));
      reporter.committed(epoch({ epoch: 3, at: 19_001 }));
    });
    expect(lines).toEqual([
      'plays: in 210 (21/s), out 180, dead 2, late 3; partitions 0-1, lag 10, event time 2.5 s behind, slowest commit 1.5 s, state 3.0 kB',
    ]);
  });

  it('prints the rest when the job ends, and nothing when there is none', () => {
    const lines = printed((reporter) => {
      reporter.committed(epoch({ watermarkDelay: undefined, stateBytes: 12 }));
      reporter.ended?.('plays');
      reporter.ended?.('plays');
      reporter.ended?.('unknown');
    });
    expect(lines).toEqual([
      'plays: in 100 (100/s), out 90, dead 0; partitions 0, lag 5, slowest commit 100 ms, state 12 B',
    ]);
  });

  it('prints every commit if it is to, and long delays in what suits them', () => {
    const lines = printed((reporter) => {
      reporter.committed(epoch({ watermarkDelay: 600_000, stateBytes: 2_500_000 }));
      reporter.committed(epoch({ at: 11_000, watermarkDelay: 36_000_000 }));
      reporter.ended?.('plays');
    }, 0);
    expect(lines.map((line) => line.split('; ')[1])).toEqual([
      'partitions 0, lag 5, event time 10.0 min behind, slowest commit 100 ms, state 2.5 MB',
      'partitions 0, lag 5, event time 10.0 h behind, slowest commit 100 ms, state 1.5 kB',
    ]);
  });

  it('tells which partitions are held, and leaves the lag of others to whoever has taken them over', () => {
    const lines = printed((reporter) => {
      for (const partition of [0, 1, 2, 4]) {
        reporter.opened?.('plays', partition);
        reporter.committed(epoch({ partition }));
      }
      reporter.closed?.('plays', 1);
      reporter.committed(epoch({ at: 20_000 }));
    });
    expect(lines.map((line) => line.split('; ')[1]?.split(', event')[0])).toEqual([
      'partitions 0, 2, 4, lag 15',
    ]);
  });

  it('refuses an interval that cannot be', () => {
    expect(() => lineMetrics({ every: -1 })).toThrow('every must not be negative, got -1');
  });
});

describe('jsonMetrics', () => {
  it('writes a line of JSON a commit, for partitions that come and go, and at the end', () => {
    const lines: string[] = [];
    const reporter = jsonMetrics({ write: (line) => lines.push(line) });
    reporter.opened?.('plays', 2);
    reporter.committed(epoch());
    reporter.closed?.('plays', 2);
    reporter.ended?.('plays');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { event: 'opened', job: 'plays', partition: 2 },
      { event: 'committed', ...epoch() },
      { event: 'closed', job: 'plays', partition: 2 },
      { event: 'ended', job: 'plays' },
    ]);
  });
});

describe('prometheusMetrics', () => {
  it('sums counts by job and partition, and shows the last of what goes up and down', () => {
    const metrics = prometheusMetrics();
    metrics.committed(epoch());
    metrics.committed(epoch({ counts: { in: 1, late: 2, duplicates: 3 }, lag: 0, at: 11_000 }));
    metrics.committed(epoch({ partition: 1, watermarkDelay: undefined }));
    const lines = metrics.text().split('\n');
    for (const line of [
      '# HELP streamify_records_in_total Records taken from the log.',
      '# TYPE streamify_records_in_total counter',
      'streamify_records_in_total{job="plays",partition="0"} 101',
      'streamify_records_in_total{job="plays",partition="1"} 100',
      'streamify_records_late_total{job="plays",partition="0"} 2',
      'streamify_records_dead_total{job="plays",partition="0"} 0',
      'streamify_records_counted_total{job="plays",partition="0",name="duplicates"} 3',
      'streamify_epochs_total{job="plays",partition="0"} 2',
      '# TYPE streamify_commit_latency_seconds histogram',
      'streamify_commit_latency_seconds_bucket{job="plays",partition="0",le="0.05"} 0',
      'streamify_commit_latency_seconds_bucket{job="plays",partition="0",le="0.1"} 2',
      'streamify_commit_latency_seconds_bucket{job="plays",partition="0",le="+Inf"} 2',
      'streamify_commit_latency_seconds_sum{job="plays",partition="0"} 0.2',
      'streamify_epoch_duration_seconds_count{job="plays",partition="0"} 2',
      'streamify_lag_records{job="plays",partition="0"} 0',
      'streamify_watermark_delay_seconds{job="plays",partition="0"} 2.5',
      'streamify_state_bytes{job="plays",partition="1"} 1500',
    ])
      expect(lines).toContain(line);
    expect(metrics.text()).not.toContain('watermark_delay_seconds{job="plays",partition="1"}');
  });

  it('shows no gauges of a partition that was given up, and goes on counting', () => {
    const metrics = prometheusMetrics();
    metrics.committed(epoch());
    metrics.committed(epoch({ partition: 1 }));
    metrics.closed?.('plays', 0);
    metrics.closed?.('plays', 7);
    expect(metrics.text()).not.toMatch(/(lag_records|delay_seconds|state_bytes).*partition="0"/);
    expect(metrics.text()).toContain('streamify_lag_records{job="plays",partition="1"} 5');
    metrics.committed(epoch());
    expect(metrics.text()).toContain('streamify_records_in_total{job="plays",partition="0"} 200');
    expect(metrics.text()).toContain('streamify_lag_records{job="plays",partition="0"} 5');
  });

  it('keeps to the exposition format: each family once, described before its samples', () => {
    const metrics = prometheusMetrics();
    expect(metrics.text()).toBe('');
    metrics.committed(epoch({ job: 'a "job"\\\n', counts: { in: 1, 'odd "one"': 2 } }));
    metrics.committed(epoch({ partition: 7 }));
    const sample =
      /^([a-z_]+?)(?:_bucket|_sum|_count)?\{(?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+\} [\d.]+$/;
    let family = '';
    const families: string[] = [];
    const lines = metrics.text().split('\n');
    expect(lines.pop()).toBe('');
    for (const line of lines) {
      const described = /^# (?:HELP|TYPE) (\S+) .+$/.exec(line)?.[1];
      if (described) {
        if (described !== family) families.push(described);
        family = described;
        continue;
      }
      expect(sample.exec(line)?.[1], line).toBe(family);
    }
    expect(new Set(families).size).toBe(families.length);
    expect(families.length).toBe(11);
  });
});
