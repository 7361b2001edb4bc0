import { map, pipe, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FencedError } from '../errors.ts';
import type { StreamEvent } from '../event.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Topic } from '../log/topic.ts';
import { deduplicate } from '../operators/deduplicate.ts';
import { tumblingWindow, type WindowResult } from '../operators/tumbling-window.ts';
import { memorySink } from '../sink/memory-sink.ts';
import type { DeadLetter, SideElement, Sink } from '../sink/sink.ts';
import { ConnectionLost, type Flaw, flawedSink } from '../testing/flawed-sink.ts';
import { type Play, playsLog } from '../testing/plays-log.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import type { JobOptions } from './job-options.ts';
import { run } from './run.ts';

type Result = WindowResult<number>;

/** What a trial looks at in the end. */
interface Stored {
  readonly rows: readonly Result[];
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  readonly counts: Readonly<Record<string, number>>;
}

interface SinkUnderTrial {
  readonly sink: Sink<Result>;
  stored(): Stored;
}

/** Faults and delays of one trial: awaited before each step that another owner could come between. */
type Chaos = () => Promise<void>;

class Crash extends Error {}

const EVENTS = 240;
const JOB = 'simulated';

/** Plays out of order, with duplicates, late ones and two that are poison. */
const simulatedPlays: readonly Play[] = Array.from({ length: EVENTS }, (_, i) => {
  const id = i % 17 === 3 && i > 20 ? i - 11 : i;
  const delay = id % 31 === 5 ? 700 : (id * 7919) % 150;
  return { id, listener: `u${(id * 31) % 9}`, at: id * 10 - delay };
});

const pipeline = pipe(
  deduplicate<Play>({ by: ({ value }) => String(value.id), within: 500 }),
  tap(({ value }: StreamEvent<Play>) => {
    if (value.id % 77 === 50) throw new Error('poison event');
  }),
  tumblingWindow<Play, number>(
    { zero: 0, add: (sum, { value }) => sum + value.id },
    { size: 200, lateness: 150 },
  ),
  map((result: Result) => {
    if (result.key === 'u4' && result.start % 600 === 0) throw new Error('poison result');
    return result;
  }),
);

const linesOf = ({ rows, aside, dead, counts }: Stored) =>
  [
    ...rows.map((row) => JSON.stringify(row)),
    ...aside.map(({ output, cause }) => `${output} ${cause.offset}`),
    ...dead.map(
      ({ position, result }) => `dead ${result ? JSON.stringify(result) : position.offset}`,
    ),
    ...Object.entries(counts).map(([name, n]) => `${name} ${n}`),
  ].sort();

/** The topic, with chaos before each poll. */
function shaken(topic: Topic<Play>, chaos: Chaos): Topic<Play> {
  const log: EventLog = {
    ...topic.log,
    async reader(name, partition) {
      const reader = await topic.log.reader(name, partition);
      return {
        ...reader,
        async poll(request) {
          await chaos();
          return reader.poll(request);
        },
      };
    },
  };
  return { ...topic, log };
}

/** One to three owners run the job, crash and start again; then one that nothing disturbs finishes it. */
async function trial(
  seed: number,
  topic: Topic<Play>,
  makeSink: (chaos: Chaos, random: () => number) => SinkUnderTrial,
): Promise<readonly string[]> {
  const random = seededRandom(seed);
  let calm = false;
  const chaos = async () => {
    const turns = random() < 0.04 ? 400 : Math.floor(random() * 8);
    for (let turn = 0; turn < turns; turn++) await null;
    if (random() < 0.03 && !calm) throw new Crash();
  };
  const { sink, stored } = makeSink(chaos, () => (calm ? 1 : random()));
  const into: Sink<Result> = {
    async open(task) {
      await chaos();
      return sink.open(task);
    },
  };
  const job = (): JobOptions<Play, Result> => ({
    name: JOB,
    from: shaken(topic, chaos),
    through: pipeline,
    into,
    atEnd: 'stop',
    epoch: { maxRecords: 3 + Math.floor(random() * 30) },
  });
  const live = async () => {
    for (let lives = 0; lives < 4; lives++) {
      await run(job()).catch((cause) => {
        if (!(cause instanceof Crash || cause instanceof FencedError)) throw cause;
      });
    }
  };
  await Promise.all(Array.from({ length: 1 + (seed % 3) }, live));
  calm = true;
  await run({ ...job(), atEnd: 'complete' });
  return linesOf(stored());
}

const undisturbed = async (topic: Topic<Play>) => {
  const sink = memorySink<Result>();
  await run({ name: JOB, from: topic, through: pipeline, into: sink, atEnd: 'complete' });
  return linesOf({ ...sink, counts: sink.counts(JOB) });
};

/** How many of the seeds end with another output than an undisturbed run. */
async function wrongOutputs(
  seeds: number,
  makeSink: (chaos: Chaos, random: () => number) => SinkUnderTrial,
): Promise<number> {
  const { topic } = await playsLog(simulatedPlays);
  const expected = (await undisturbed(topic)).join('\n');
  let wrong = 0;
  for (let seed = 1; seed <= seeds; seed++)
    if ((await trial(seed, topic, makeSink)).join('\n') !== expected) wrong++;
  return wrong;
}

const memory = (chaos: Chaos): SinkUnderTrial => {
  const sink = memorySink<Result>({ fault: chaos });
  return { sink, stored: () => ({ ...sink, counts: sink.counts(JOB) }) };
};

/** A sink whose requests and replies are lost now and then. */
const flawed =
  (...flaws: Flaw[]) =>
  (chaos: Chaos, random: () => number): SinkUnderTrial => {
    const sink = flawedSink<Result>(flaws, async (step) => {
      await chaos();
      const losable = step === 'request' || step === 'reply';
      if (losable && random() < 0.05) throw new ConnectionLost();
    });
    return { sink, stored: () => ({ ...sink, counts: sink.counts[JOB] ?? {} }) };
  };

describe('the protocol, with crashes, zombies and lost replies', () => {
  it('is tried on events that are late, rejected, poison and double', async () => {
    const lines = await undisturbed((await playsLog(simulatedPlays)).topic);
    for (const kind of ['late', 'dead', 'duplicates', 'out'])
      expect(lines.filter((line) => line.includes(kind)).length).toBeGreaterThan(0);
  });

  it('gives the right output with the memory sink', async () => {
    expect(await wrongOutputs(300, memory)).toBe(0);
  }, 60_000);

  it('gives the right output with a sink whose connection fails', async () => {
    expect(await wrongOutputs(150, flawed())).toBe(0);
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
      expect(await wrongOutputs(60, flawed(...flaws))).toBeGreaterThan(0);
    },
    60_000,
  );
});
