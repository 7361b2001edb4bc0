import { beforeAll, describe, it } from 'vitest';
import { undisturbed } from '../fixtures/delivered.ts';
import { flawed, memory, simulatedPlays, trials } from '../fixtures/protocol-trials.ts';
import type { Flaw } from '../testing/flawed-sink.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';

const SEEDS = 1_000;

let expected: readonly string[];
beforeAll(async () => {
  expected = await undisturbed(simulatedPlays);
});

/** Runs trials, and holds all of their outputs to as many undisturbed ones. */
async function outcome(seeds: number, makeSink: Parameters<typeof trials>[1]) {
  const outputs = await trials(seeds, makeSink);
  const numbered = (lines: readonly string[], i: number) =>
    lines.map((line) => `seed ${i + 1}: ${line}`);
  return {
    events: seeds * simulatedPlays.length,
    expected: outputs.flatMap((_, i) => numbered(expected, i)),
    actual: outputs.flatMap(numbered),
  };
}

const cases = [
  {
    fault: `crashes and zombies, ${SEEDS} seeds`,
    sink: memory,
    controls: [['no compare-and-set', 'no owner token'], ['two transactions'], ['state lost']],
  },
  {
    fault: `lost replies, crashes and zombies, ${SEEDS} seeds`,
    sink: flawed(),
    controls: [['no owner token'], ['blind retry', 'no compare-and-set']],
  },
] satisfies { controls: Flaw[][]; [name: string]: unknown }[];

for (const { fault, sink, controls } of cases)
  describe(fault, () => {
    it('do not change the output', async ({ task }) => {
      expectUnharmed(task, fault, await outcome(SEEDS, sink));
    });

    for (const flaws of controls)
      it(`change the output of a sink with ${flaws.join(' and ')}`, async ({ task }) => {
        expectHarmed(task, fault, flaws.join(', '), await outcome(300, flawed(...flaws)));
      });
  });
