import { resolve } from 'node:path';
import { loadCatalogue } from '../catalogue/load-catalogue.ts';
import { loadConfig } from '../config/load-config.ts';
import { CheckpointError } from '../errors.ts';
import { type FaultLabel, faultInjector } from '../faults/fault-injector.ts';
import type { Position } from '../model/population.ts';
import { GrowingFile } from '../output/growing-file.ts';
import { dueTime, fixedRate, fullSpeed, type Pace, type PaceClock, systemClock } from '../pace.ts';
import { mergedSource } from '../parallel/merged-source.ts';
import { shareThread } from '../parallel/share-thread.ts';
import { listsOf, recordWriter } from '../records/record-format.ts';
import { localSource, type RecordSource } from '../records/record-source.ts';
import { topicOrder } from '../records/record-writer.ts';
import type { SimulationOptions } from '../simulation-options.ts';
import { prepareSite, type Site } from '../site.ts';
import {
  type Checkpoint,
  checkIdentity,
  digest,
  type Identity,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.ts';
import type { CommandLine, Moment } from './command-line.ts';
import { type OpenTarget, openTarget } from './open-target.ts';
import { showProgress } from './progress.ts';
import { type Ending, runSimulation } from './run-simulation.ts';

const day = 86_400_000;
/** Milliseconds between two checkpoints. */
const checkpointEvery = 2_000;

/** What a run did. */
export interface Summary {
  readonly ended: Ending;
  readonly seed: number;
  readonly users: number;
  /** ISO 8601; no end where there is none. */
  readonly start: string;
  readonly end: string | null;
  /** The time of the last event. */
  readonly until: string | null;
  /** By topic, or in all, since the beginning. */
  readonly records: Readonly<Record<string, number>>;
  readonly total: number;
  /** Of this run. */
  readonly written: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly maxRssBytes: number;
}

/**
 * Runs what the command line asks for.
 *
 * Long because the simulation, the checkpoint, the labels and the summary share the position and the counts.
 */
export async function simulateCommand(
  line: CommandLine,
  io: {
    readonly signal: AbortSignal;
    readonly stderr: Parameters<typeof showProgress>[0];
    readonly worker: URL;
    readonly clock?: PaceClock;
    /** Told when the signal is looked at: before that only the end of the process ends it. */
    readonly onReady?: () => void;
  },
): Promise<Summary> {
  const { signal, clock = systemClock } = io;
  const began = clock.now();
  const found = line.checkpoint === undefined ? undefined : readCheckpoint(line.checkpoint);
  const options = await simulationOptions(line, began, found);
  const site = prepareSite(options);
  const { plan } = site;
  const progress = showProgress(io.stderr, {
    start: plan.start,
    end: Math.min(plan.end, line.continuous ? began : plan.end),
  });
  if (line.verbose) progress.say(describe(site));
  const target = await openTarget(line);
  const identity = line.checkpoint === undefined ? {} : identityOf(line, site, target);
  if (line.checkpoint !== undefined && found !== undefined) {
    checkWindow(line.checkpoint, found, plan);
    checkIdentity(line.checkpoint, found.identity, identity);
  }
  if (found?.isComplete && found.end === endOf(plan.end))
    progress.say('everything is there already');

  const output = await target.open(found?.output);
  const labels = line.faults && new GrowingFile(line.labels, found?.labels);
  const faults =
    line.faults &&
    faultInjector(
      {
        seed: plan.seed,
        rates: line.faults,
        format: target.format,
        ...(target.newerSchemaIds ? { newerSchemaIds: target.newerSchemaIds } : {}),
      },
      found?.faults ?? undefined,
    );
  const names = listsOf(target.format) === 1 ? ['events'] : topicOrder;
  const written = names.map((name) => found?.records[name] ?? 0);
  const before = sum(written);
  let position: Position | null = found?.position ?? null;
  const counts: Record<string, number> = {};

  const save = async (isComplete: boolean): Promise<void> => {
    if (line.checkpoint === undefined) return;
    const mark = await output.mark();
    labels?.sync();
    writeCheckpoint(line.checkpoint, {
      format: 1,
      identity,
      start: plan.start,
      end: endOf(plan.end),
      isComplete,
      position,
      output: mark,
      faults: faults?.state ?? null,
      labels: labels?.length ?? 0,
      records: Object.fromEntries(names.map((name, i) => [name, written[i] as number])),
    });
  };
  try {
    // Whatever is written from now on, a checkpoint tells where it began.
    if (found === undefined) await save(false);
    const ended = await runSimulation({
      source: openSource(line, options, site, target, position ?? undefined, io.worker),
      output,
      lists: names.length,
      capacity: target.capacity,
      faults,
      label(list: readonly FaultLabel[]) {
        if (list.length === 0) return;
        for (const { fault } of list) counts[fault] = (counts[fault] ?? 0) + 1;
        labels?.append(Buffer.from(list.map((each) => `${JSON.stringify(each)}\n`).join('')));
      },
      pace: paceOf(line, clock, { started: began, position, start: plan.start, records: before }),
      clock,
      signal,
      onReady: io.onReady,
      limit: line.target.kind === 'sample' ? line.target.events : undefined,
      written,
      onBlock(last) {
        position = last;
        progress.update(last.time * 1_000, sum(written));
      },
      save,
      saveEvery: line.checkpoint === undefined ? Number.POSITIVE_INFINITY : checkpointEvery,
    });
    return summary({
      ended,
      site,
      position,
      names,
      written,
      before,
      counts,
      seconds: (clock.now() - began) / 1_000,
    });
  } finally {
    progress.clear();
    await output.close();
    labels?.close();
  }
}

/** The line that people read at the end. */
export function summaryLine({ ended, records, total, written, seconds, until }: Summary): string {
  const shown = (n: number) => n.toLocaleString('en-US');
  const what = Object.entries(records).map(([name, count]) => `${name} ${shown(count)}`);
  const how = { complete: '', limit: '', stopped: 'stopped: ', closed: 'the reader has gone: ' }[
    ended
  ];
  const rate = seconds > 0 ? `, ${shown(Math.round(written / seconds))}/s` : '';
  const to = until === null ? '' : `, up to ${until.slice(0, 19).replace('T', ' ')}`;
  return `${how}${shown(total)} events${to} in ${seconds.toFixed(1)} s${rate}: ${what.join(', ')}`;
}

async function simulationOptions(
  line: CommandLine,
  now: number,
  found: Checkpoint | undefined,
): Promise<SimulationOptions> {
  const config = line.config === undefined ? undefined : loadConfig(line.config);
  const catalogue = line.data === undefined ? undefined : await loadCatalogue(line.data);
  const { users, growthRate, attritionRate, firstUserId, seed, tag, days, compat } = line;
  const given = <K extends string, V>(key: K, value: V | undefined) =>
    (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
  // Days ago are counted from the first run: the next one goes on in the same window.
  const start =
    absolute(line.start) ??
    (line.start === undefined && config?.['start-date'] !== undefined ? undefined : found?.start) ??
    relative(line.start, now) ??
    (config?.['start-date'] === undefined ? now - 15 * day : undefined);
  const isOpen =
    line.continuous &&
    line.end === undefined &&
    days === undefined &&
    config?.['end-date'] === undefined;
  const isEndKnown =
    line.end === undefined && (days !== undefined || config?.['end-date'] !== undefined);
  const end = isOpen
    ? Number.POSITIVE_INFINITY
    : (absolute(line.end) ??
      (isEndKnown ? undefined : found && (found.end ?? Number.POSITIVE_INFINITY)) ??
      relative(line.end, now) ??
      (isEndKnown ? undefined : now - day));
  return {
    ...given('config', config),
    ...given('catalogue', catalogue),
    ...given('users', users),
    ...given('growthRate', growthRate),
    ...given('attritionRate', attritionRate),
    ...given('firstUserId', firstUserId),
    ...given('seed', seed),
    ...given('tag', tag),
    ...given('start', start),
    ...given('end', end),
    ...given('days', days),
    compat,
  };
}

const absolute = (moment: Moment | undefined) =>
  moment !== undefined && 'at' in moment ? moment.at : undefined;
const relative = (moment: Moment | undefined, now: number) =>
  moment !== undefined && 'daysAgo' in moment ? now - moment.daysAgo * day : undefined;

function openSource(
  { workers }: CommandLine,
  options: SimulationOptions,
  site: Site,
  { format }: OpenTarget,
  after: Position | undefined,
  script: URL,
): RecordSource {
  if (workers === 1) return localSource(site, recordWriter(site, format), { after });
  const shares = Array.from({ length: workers }, (_, index) => ({ index, of: workers }));
  return mergedSource(
    shares.map((share) => shareThread(script, { options, format, share, after })),
  );
}

function paceOf(
  { continuous, speed, rate }: CommandLine,
  clock: PaceClock,
  at: {
    readonly started: number;
    readonly position: Position | null;
    readonly start: number;
    readonly records: number;
  },
): Pace {
  if (rate !== undefined) return fixedRate(clock, rate, at.records);
  if (continuous) return dueTime(clock, speed ?? 1, clock.now());
  if (speed !== undefined)
    return dueTime(clock, speed, at.position === null ? at.start : at.position.time * 1_000);
  return fullSpeed;
}

function identityOf(line: CommandLine, { plan }: Site, { format }: OpenTarget): Identity {
  const { catalogue, start: _, end, batchSize: __, ...site } = plan;
  const { target, faults, partitions } = line;
  const { seed, users, firstUserId, growthRate, attritionRate, tag, compat } = plan;
  // Without these, the events before the end do not depend on it.
  const isEndFixed = growthRate > 0 || faults !== undefined || format.kind === 'avro';
  return {
    seed,
    users,
    firstUserId,
    growthRate,
    attritionRate,
    tag: tag ?? null,
    compat,
    configuration: digest(site),
    catalogue: digest(catalogue),
    output:
      'dir' in target ? resolve(target.dir) : 'brokers' in target ? target.brokers : target.kind,
    format: line.format,
    ids: line.ids,
    ...(target.kind === 'log' || target.kind === 'kafka' ? { partitions } : {}),
    faults: faults === undefined ? null : digest(faults),
    ...(isEndFixed ? { end: endOf(end) } : {}),
  };
}

function checkWindow(path: string, found: Checkpoint, { start, end }: Site['plan']): void {
  if (found.start !== start)
    throw new CheckpointError(
      `the checkpoint ${path} is of another simulation: it starts ${isoTime(found.start)} there and ${isoTime(start)} here; delete it to start over`,
    );
  if (found.end !== null && end < found.end)
    throw new CheckpointError(
      `the checkpoint ${path} is of a simulation up to ${isoTime(found.end)}, and this one ends ${isoTime(end)}: give a later end, or delete it to start over`,
    );
}

function describe({ plan }: Site): string {
  const { users, start, end, seed, growthRate, catalogue, transitions } = plan;
  const to = Number.isFinite(end) ? isoTime(end) : 'no end';
  return `${users.toLocaleString('en-US')} users, growth ${growthRate} a year, seed ${seed}, ${isoTime(start)} to ${to}; ${transitions.length} transitions, ${catalogue.songs.length.toLocaleString('en-US')} songs`;
}

function summary(of: {
  readonly ended: Ending;
  readonly site: Site;
  readonly position: Position | null;
  readonly names: readonly string[];
  readonly written: readonly number[];
  readonly before: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
}): Summary {
  const { ended, site, position, names, written, before, counts, seconds } = of;
  const { seed, users, start, end } = site.plan;
  const { user, system } = process.cpuUsage();
  return {
    ended,
    seed,
    users,
    start: isoTime(start),
    end: Number.isFinite(end) ? isoTime(end) : null,
    until: position === null ? null : isoTime(position.time * 1_000),
    records: Object.fromEntries(names.map((name, i) => [name, written[i] as number])),
    total: sum(written),
    written: sum(written) - before,
    faults: counts,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    maxRssBytes: process.resourceUsage().maxRSS * 1_024,
  };
}

const endOf = (end: number): number | null => (Number.isFinite(end) ? end : null);
const isoTime = (time: number) => new Date(time).toISOString();
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
