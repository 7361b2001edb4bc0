import { describe, expect, it } from 'vitest';
import { undisturbed } from '../fixtures/delivered.ts';
import { flawed, memory, simulatedPlays, trials } from '../fixtures/protocol-trials.ts';
import type { Flaw } from '../testing/flawed-sink.ts';

/** How many of the seeds end with another output than an undisturbed run. */
async function wrongOutputs(seeds: number, makeSink: Parameters<typeof trials>[1]) {
  const expected = await undisturbed(simulatedPlays);
  const outputs = await trials(seeds, makeSink);
  return outputs.filter((output) => output.join('\n') !== expected.join('\n')).length;
}

describe('the protocol, with crashes, zombies and lost replies', () => {
  it('is tried on events that are late, rejected, poison and double', async () => {
    const lines = await undisturbed(simulatedPlays);
    for (const kind of ['late', 'dead', 'duplicates', 'out'])
      expect(lines.filter((line) => line.includes(kind)).length).toBeGreaterThan(0);
  });

  it('gives the right output with the memory sink', async () => {
    expect(await wrongOutputs(60, memory)).toBe(0);
  }, 60_000);

  it('gives the right output with a sink whose connection fails', async () => {
    expect(await wrongOutputs(60, flawed())).toBe(0);
  }, 60_000);

  /** Compare-and-set alone is wrong where a reply is lost: the epoch that is read back may be another owner's. */
  const controls: Flaw[][] = [
    ['no compare-and-set', 'no owner token'],
    ['no owner token'],
    ['two transactions'],
    ['state lost'],
    ['blind retry', 'no compare-and-set'],
  ];
  it.each(controls)(
    '%j gives wrong output',
    async (...flaws) => {
      expect(await wrongOutputs(120, flawed(...flaws))).toBeGreaterThan(0);
    },
    60_000,
  );
});
