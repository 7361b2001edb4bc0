import { AssertionError } from 'node:assert';
import { jsonText } from '../adapter/json-text.ts';
import { typedTopic } from '../adapter/typed-topic.ts';
import type { DeadLetter } from '../contract/dead-letter.ts';
import type { SideElement } from '../contract/epoch.ts';
import { FencedError, OptionError } from '../contract/errors.ts';
import { rowOf } from '../contract/event.ts';
import type { EventLog, Topic } from '../contract/event-log.ts';
import type { OutputRoute } from '../contract/output.ts';
import type { Sink } from '../contract/sink.ts';
import type { Inputs, JobOptions, MergedJobOptions } from '../job/job-options.ts';
import { run } from '../job/run.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { faultyLog, faultySink } from './fault-switches.ts';
import { ConnectionLost, type Flaw, flawedSink } from './flawed-sink.ts';
import { Crash, seededChaos } from './seeded-chaos.ts';
import { seededRandom } from './seeded-random.ts';

type Simulated = 'name' | 'from' | 'through' | 'outputs' | 'maxFutureSkew' | 'maxDeadShare';

/** A job to simulate: all its options but its sink, and how long it runs. */
export type SimulatedJob<A, B> = Pick<JobOptions<A, B>, Simulated>;

/** A job to simulate that reads several topics. */
export type SimulatedMergedJob<I extends Inputs, B> = Pick<MergedJobOptions<I, B>, Simulated>;

/** Options of {@link simulateFaults}. */
export interface SimulateFaultsOptions {
  /** How many runs, each with its own faults. The same seed has the same faults. Default 100. */
  readonly seeds?: number;
  /** The first seed: to see one again that has failed. Default 1. */
  readonly firstSeed?: number;
  /** Promises that the simulated sink breaks, to see that the test can fail. */
  readonly breaking?: readonly Flaw[];
}

/** Counts of the faults that the job had in all runs. */
export interface FaultReport {
  readonly seeds: number;
  readonly crashes: number;
  /** Requests to the sink, or replies of it, that got lost. */
  readonly lost: number;
  /** Owners that another had replaced before they noticed. */
  readonly fenced: number;
}

/**
 * Runs a job again and again with crashes, lost replies and up to three owners at once, seeded, and
 * checks that what it has delivered in the end is what an undisturbed run delivers: rows of all outputs,
 * elements kept as JSON, dead letters and counts.
 *
 * The job reads what its topic holds now, so a memory log with some hundred events is right. Its
 * results are compared as JSON.
 *
 * @throws AssertionError with the seed and the first difference.
 * @throws OptionError when an undisturbed run delivers nothing, so that nothing could be found.
 *
 * @example
 * const report = await simulateFaults({ name: 'plays', from: log.topic('plays', Play), through: plays5m }, { seeds: 200 });
 */
export function simulateFaults<A, B>(
  job: SimulatedJob<A, B>,
  options?: SimulateFaultsOptions,
): Promise<FaultReport>;
/** Runs a job on several topics with faults. */
export function simulateFaults<I extends Inputs, B>(
  job: SimulatedMergedJob<I, B>,
  options?: SimulateFaultsOptions,
): Promise<FaultReport>;
export async function simulateFaults(
  simulated: object,
  options: SimulateFaultsOptions = {},
): Promise<FaultReport> {
  const job = simulated as SimulatedJob<never, unknown>;
  const { seeds = 100, firstSeed = 1, breaking = [] } = options;
  if (!(Number.isInteger(seeds) && seeds >= 1))
    throw new OptionError(`seeds must be a whole number from 1 on, got ${seeds}`);
  const expected = await undisturbed(job);
  if (expected.every((line) => line.startsWith('count ')))
    throw new OptionError(
      `job ${job.name} delivers nothing from what its topic holds: publish events that give results first`,
    );
  const report = { seeds, crashes: 0, lost: 0, fenced: 0 };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++)
    compare(seed, await trial(job, { seed, breaking, report }), expected);
  return report;
}

/** A sink of the simulation, in place of the job's own. */
interface SimulatedSink extends Sink<unknown> {
  readonly rows: readonly unknown[];
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  table(): Sink<unknown> & { readonly rows: readonly unknown[] };
}

/** The job into a simulated sink, with a table for each of its named outputs, and what that holds in the end. */
function intoSimulated<A, B>(
  job: SimulatedJob<A, B>,
  sink: SimulatedSink,
  countsOf: () => Readonly<Record<string, number>>,
) {
  const tables = new Map<string, readonly unknown[]>();
  const outputs = job.outputs?.map((route): OutputRoute => {
    if (!route.sink) return route;
    const table = sink.table();
    tables.set(route.output, table.rows);
    return { output: route.output, sink: table };
  });
  const delivered = () => linesOf({ ...sink, tables, counts: countsOf() });
  return { job: { ...job, ...(outputs && { outputs }) }, delivered };
}

/** The content of a sink at the end of a run. */
interface Delivered {
  readonly rows: readonly unknown[];
  /** Rows of named outputs. */
  readonly tables: ReadonlyMap<string, readonly unknown[]>;
  readonly aside: readonly SideElement[];
  readonly dead: readonly DeadLetter[];
  readonly counts: Readonly<Record<string, number>>;
}

async function undisturbed<A, B>(simulated: SimulatedJob<A, B>): Promise<readonly string[]> {
  const sink = memorySink<unknown>();
  const { job, delivered } = intoSimulated(simulated, sink, () => sink.counts(simulated.name));
  await run({ ...job, into: sink, atEnd: 'complete' });
  return delivered();
}

interface Trial {
  readonly seed: number;
  readonly breaking: readonly Flaw[];
  readonly report: { crashes: number; lost: number; fenced: number };
}

/** One to three owners run the job, crash and start again; then one that nothing disturbs finishes it. */
async function trial<A, B>(
  simulated: SimulatedJob<A, B>,
  { seed, breaking, report }: Trial,
): Promise<readonly string[]> {
  const random = seededRandom(seed);
  const chaos = seededChaos(random, { crashes: 0.03, pauses: 0.05 });
  let calm = false;
  const stored = flawedSink<unknown>(breaking, {
    async step(step) {
      await chaos.step();
      if (calm || (step !== 'request' && step !== 'reply') || random() >= 0.05) return;
      report.lost++;
      throw new ConnectionLost();
    },
  });
  const { job, delivered } = intoSimulated(
    simulated,
    stored,
    () => stored.counts[simulated.name] ?? {},
  );
  const shaken = {
    ...job,
    from: shakenTopics(job.from, chaos.step),
    into: faultySink(stored as Sink<unknown>, (moment) =>
      moment === 'before open' ? chaos.step() : undefined,
    ),
  };
  const live = async () => {
    for (let lives = 0; lives < 4; lives++) {
      const epoch = { maxRecords: 3 + Math.floor(random() * 30) };
      await run({ ...shaken, epoch, atEnd: 'stop' }).catch((cause: unknown) => {
        if (cause instanceof Crash) report.crashes++;
        else if (cause instanceof FencedError) report.fenced++;
        else throw cause;
      });
    }
  };
  await Promise.all(Array.from({ length: 1 + (seed % 3) }, live));
  chaos.calm();
  calm = true;
  await run({ ...shaken, atEnd: 'complete' });
  return delivered();
}

/** The topic, or topics by name, with a fault switch in their log. */
function shakenTopics(from: Topic<never> | Inputs, fault: () => Promise<void>): Topic<never> {
  const logs = new Map<EventLog, EventLog>();
  const shaken = ({ log, name, type }: Topic<never>) => {
    const faulty = logs.get(log) ?? faultyLog(log, fault);
    logs.set(log, faulty);
    return typedTopic(faulty, name, type);
  };
  if (isTopic(from)) return shaken(from);
  const topics = Object.entries(from).map(([name, topic]) => [name, shaken(topic)] as const);
  // A job takes either; which one it is decides how its events are told apart.
  return Object.fromEntries(topics) as unknown as Topic<never>;
}

function isTopic(from: Topic<never> | Inputs): from is Topic<never> {
  return typeof from['publish'] === 'function';
}

/** Everything that was delivered, a line each, in an order that does not depend on when. */
function linesOf({ rows, tables, aside, dead, counts }: Delivered): readonly string[] {
  return [
    ...rows.map((row) => `row ${jsonText(rowOf(row))}`),
    ...[...tables].flatMap(([output, own]) => own.map((row) => `${output} ${jsonText(row)}`)),
    ...aside.map(({ output, element, cause }) => `${output} ${jsonText({ cause, element })}`),
    ...dead.map(
      ({ position, operator, result, reason }) =>
        `dead ${jsonText({ position, operator, result, reason })}`,
    ),
    ...Object.entries(counts).map(([name, n]) => `count of ${name} is ${n}`),
  ].sort();
}

function compare(seed: number, actual: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((line, i) => line !== actual[i]);
  if (at === -1 && actual.length === expected.length) return;
  const i = at === -1 ? expected.length : at;
  throw new AssertionError({
    message: `with the faults of seed ${seed} the job delivers something else: ${actual[i] ?? 'nothing more'}, and without faults ${expected[i] ?? 'nothing more'}`,
    actual: actual[i],
    expected: expected[i],
    operator: 'simulateFaults',
  });
}
