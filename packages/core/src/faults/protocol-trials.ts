import { FencedError } from '../contract/errors.ts';
import type { EventLog, Topic } from '../contract/event-log.ts';
import type { Sink } from '../contract/sink.ts';
import { type Play, playsLog } from '../fixtures/plays-log.ts';
import type { JobOptions } from '../job/job-options.ts';
import { run } from '../job/run.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { ConnectionLost, type Flaw, flawedSink } from '../testing/flawed-sink.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { type Delivered, JOB, linesOf } from './delivered.ts';
import { type Result, troubledPipeline, troubledPlays } from './troubled-plays.ts';

interface SinkUnderTrial {
  readonly sink: Sink<Result>;
  stored(): Delivered;
}

/** Faults and delays of one trial: awaited before each step that another owner could come between. */
type Chaos = () => Promise<void>;

class Crash extends Error {}

/** What the simulated job reads. */
export const simulatedPlays = troubledPlays(240);

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
    ...sink,
    async open(task, named) {
      await chaos();
      return sink.open(task, named);
    },
  };
  const job = (): JobOptions<Play, Result> => ({
    name: JOB,
    from: shaken(topic, chaos),
    through: troubledPipeline,
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

/** The output of a trial for each seed from `first` on. */
export async function trials(
  seeds: number,
  makeSink: (chaos: Chaos, random: () => number) => SinkUnderTrial,
): Promise<readonly (readonly string[])[]> {
  const { topic } = await playsLog(simulatedPlays);
  const outputs: (readonly string[])[] = [];
  for (let seed = 1; seed <= seeds; seed++) outputs.push(await trial(seed, topic, makeSink));
  return outputs;
}

/** The memory sink, with chaos in its commits. */
export const memory = (chaos: Chaos): SinkUnderTrial => {
  const sink = memorySink<Result>({ fault: chaos });
  return { sink, stored: () => ({ ...sink, counts: sink.counts(JOB) }) };
};

/** A sink whose requests and replies are lost now and then. */
export const flawed =
  (...flaws: Flaw[]) =>
  (chaos: Chaos, random: () => number): SinkUnderTrial => {
    const sink = flawedSink<Result>(flaws, {
      async step(step) {
        await chaos();
        const losable = step === 'request' || step === 'reply';
        if (losable && random() < 0.05) throw new ConnectionLost();
      },
    });
    return { sink, stored: () => ({ ...sink, counts: sink.counts[JOB] ?? {} }) };
  };
