import { OptionError } from '@streamify/core';
import { describe, expect, it } from 'vitest';
import { jobTopics } from './job-topics.ts';

const nameOf = (job: string) => jobTopics(job).checkpoints;

describe('the topics of a job', () => {
  it('have its name, as far as a topic can have it', () => {
    expect(jobTopics('per-song')).toEqual({
      checkpoints: 'per-song.checkpoints',
      deadLetters: 'per-song.dead-letters',
      sideOutputs: 'per-song.side-outputs',
    });
    expect(nameOf('land listen_events')).toBe('land_20listen__events.checkpoints');
    expect(nameOf('späte/plays.2')).toBe('sp_c3_a4te_2fplays_2e2.checkpoints');
    expect(nameOf('🎧')).toBe('_f0_9f_8e_a7.checkpoints');
  });

  it('are nobody else’s, even where Kafka takes a dot for an underscore', () => {
    const jobs = [
      'a b',
      'a_b',
      'a.b',
      'a__b',
      'a_20b',
      'a-b',
      'A b',
      'a%20b',
      'a_2eb',
      'ab',
      'a_5fb',
    ];
    const names = jobs.flatMap((job) => Object.values(jobTopics(job)));
    const asMetrics = names.map((name) => name.replaceAll('.', '_'));
    expect(new Set(asMetrics).size).toBe(3 * jobs.length);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
  });

  it('need a name that is not empty, and not too long', () => {
    expect(() => nameOf('')).toThrow(OptionError);
    expect(() => nameOf('x'.repeat(240))).toThrow(OptionError);
  });
});
