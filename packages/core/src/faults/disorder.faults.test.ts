import { LOGGED_AT, type Play, playsLog } from '@streamify/test-kit/plays';
import { pipe } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { run } from '../job/run.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { expectHarmed, expectUnharmed } from '../testing/record-fault.ts';
import { seededRandom } from '../testing/seeded-random.ts';

const fault = 'duplicates, shuffled, late and future-skewed events';
const IN_ORDER = 20_000;
const [SIZE, LATENESS] = [1_000, 400];

type Result = WindowResult<number>;
interface Kinds {
  readonly plays: readonly Play[];
  readonly late: readonly number[];
  readonly skewed: readonly number[];
  readonly duplicates: number;
}

const orderly: readonly Play[] = Array.from({ length: IN_ORDER }, (_, id) => ({
  id,
  listener: `u${id % 9}`,
  at: id * 10,
}));

/** The plays again: out of order within the lateness, a tenth of them twice, with late and skewed ones among them. */
function disorderly(): Kinds {
  const random = seededRandom(11);
  const late: number[] = [];
  const skewed: number[] = [];
  const arriving = orderly.map((play) => ({ play, arrives: play.at + random() * LATENESS * 0.9 }));
  for (const { play } of [...arriving]) {
    if (random() < 0.1) arriving.push({ play, arrives: play.at + LATENESS + random() * 1_000 });
    if (random() < 0.01 && play.at > 20_000) {
      const id = 1_000_000 + play.id;
      late.push(id);
      const arrives = play.at + random();
      arriving.push({ play: { ...play, id, at: play.at - 5_000 }, arrives });
    }
    if (random() < 0.01) {
      const id = 2_000_000 + play.id;
      skewed.push(id);
      const at = LOGGED_AT + 10_000 + play.id;
      arriving.push({ play: { ...play, id, at }, arrives: play.at + random() });
    }
  }
  const plays = arriving.sort((a, b) => a.arrives - b.arrives).map(({ play }) => play);
  const duplicates = plays.length - IN_ORDER - late.length - skewed.length;
  return { plays, late, skewed, duplicates };
}

const right = { deduplicated: true, lateness: LATENESS, maxFutureSkew: 1_000 };

async function deliver(plays: readonly Play[], options = right) {
  const { topic } = await playsLog(plays);
  const into = memorySink<Result>();
  const windows = tumblingWindow<Play, number>(
    { zero: 0, add: (sum, { value }) => sum + value.id },
    { size: SIZE, lateness: options.lateness },
  );
  const once = deduplicate<Play>({ by: ({ value }) => String(value.id), within: 10_000 });
  await run({
    name: 'job',
    from: topic,
    through: options.deduplicated ? pipe(once, windows) : windows,
    into,
    atEnd: 'complete',
    epoch: { maxRecords: 500 },
    maxFutureSkew: options.maxFutureSkew,
  });
  const id = (offset: number) => plays[offset]?.id;
  return {
    rows: into.rows.map(({ key, start, result }) => `${key} at ${start}: ${result}`),
    late: into.aside.map(({ cause }) => `late ${id(cause.offset)}`),
    dead: into.dead.map(({ position }) => `skewed ${id(position.offset)}`),
    counts: Object.entries(into.counts('job')).map(([name, n]) => `count of ${name} is ${n}`),
  };
}

/** What an undisturbed run gives of the orderly plays, with what the others must come to. */
async function expectedOf({ plays, late, skewed, duplicates }: Kinds) {
  const { rows } = await deliver(orderly);
  return [
    ...rows,
    ...late.map((id) => `late ${id}`),
    ...skewed.map((id) => `skewed ${id}`),
    `count of in is ${plays.length}`,
    `count of out is ${rows.length}`,
    `count of duplicates is ${duplicates}`,
    `count of late is ${late.length}`,
    `count of dead is ${skewed.length}`,
  ];
}

const outcomeOf = async (kinds: Kinds, options = right) => {
  const { rows, late, dead, counts } = await deliver(kinds.plays, options);
  const actual = [...rows, ...late, ...dead, ...counts];
  return { events: kinds.plays.length, expected: await expectedOf(kinds), actual };
};

describe('events that are doubled, shuffled, late and ahead of their time', () => {
  it('give the results of events in order, and are each accounted for', async ({ task }) => {
    const kinds = disorderly();
    for (const n of [kinds.late.length, kinds.skewed.length, kinds.duplicates])
      expect(n).toBeGreaterThan(100);
    expectUnharmed(task, fault, await outcomeOf(kinds));
  });

  const controls: readonly (readonly [string, Partial<typeof right>])[] = [
    ['no deduplication', { deduplicated: false }],
    ['no lateness', { lateness: 0 }],
    ['no limit of skew', { maxFutureSkew: Number.POSITIVE_INFINITY }],
  ];
  for (const [control, options] of controls)
    it(`give others with ${control}`, async ({ task }) => {
      const outcome = await outcomeOf(disorderly(), { ...right, ...options });
      expectHarmed(task, fault, control, outcome);
    });
});
