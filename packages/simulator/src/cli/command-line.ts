import { parseArgs } from 'node:util';
import {
  belowOne,
  count,
  type Expectation,
  integer,
  positive,
  positiveTo,
  share,
  wholeFrom,
} from '../config/expectation.ts';
import * as limits from '../config/limits.ts';
import { parseInstant } from '../config/parse-instant.ts';
import { shown, UsageError } from '../errors.ts';
import { checkRates, type FaultRates } from '../faults/fault-rates.ts';

/** Where the command writes. */
export type Target =
  | { readonly kind: 'files'; readonly dir: string }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'sample'; readonly events: number }
  | { readonly kind: 'log'; readonly dir: string }
  | {
      readonly kind: 'kafka';
      readonly brokers: string;
      /** Where Avro's schemas are; JSON has none. */
      readonly registryUrl: string | undefined;
    }
  | { readonly kind: 'nowhere' };

/** A point in time as it was asked for: absolute, in epoch milliseconds, or days ago. */
export type Moment = { readonly at: number } | { readonly daysAgo: number };

/** The command line, checked. What was not said is undefined: the configuration may say it. */
export interface CommandLine {
  readonly help: boolean;
  readonly version: boolean;
  readonly config: string | undefined;
  readonly data: string | undefined;
  readonly users: number | undefined;
  readonly growthRate: number | undefined;
  readonly attritionRate: number | undefined;
  readonly firstUserId: number | undefined;
  readonly seed: number | undefined;
  readonly tag: string | undefined;
  readonly start: Moment | undefined;
  readonly end: Moment | undefined;
  readonly days: number | undefined;
  readonly continuous: boolean;
  readonly speed: number | undefined;
  readonly rate: number | undefined;
  readonly checkpoint: string | undefined;
  readonly target: Target;
  readonly format: 'json' | 'avro';
  readonly ids: boolean;
  readonly partitions: number;
  readonly workers: number;
  readonly compat: boolean;
  readonly faults: FaultRates | undefined;
  readonly labels: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

/** Threads, each of which has a catalogue and a part of the users. */
const workers = wholeFrom(1, 128);
/** Each is a folder of a log, or more. */
const partitions = wholeFrom(1, 10_000);
const days = positiveTo(1_000_000);

/** What the command takes; a short form beside the long one. */
export const commandOptions = {
  config: { ...text, short: 'c' },
  data: text,
  nusers: { ...text, short: 'n' },
  users: text,
  'growth-rate': { ...text, short: 'g' },
  'attrition-rate': { ...text, short: 'a' },
  userid: { ...text, short: 'u' },
  randomseed: { ...text, short: 'r' },
  seed: text,
  tag: text,
  'start-time': { ...text, short: 's' },
  'end-time': { ...text, short: 'e' },
  from: { ...text, short: 'f' },
  to: { ...text, short: 't' },
  days: text,
  continuous: flag,
  nocontinuous: flag,
  speed: text,
  rate: text,
  checkpoint: text,
  out: text,
  stdout: flag,
  log: text,
  kafka: text,
  kafkaBrokerList: { ...text, short: 'k' },
  'schema-registry': text,
  sample: text,
  'dry-run': flag,
  format: text,
  useAvro: flag,
  nouseAvro: flag,
  ids: flag,
  partitions: text,
  workers: text,
  compat: flag,
  duplicates: text,
  late: text,
  'out-of-order': text,
  malformed: text,
  'schema-v2': text,
  labels: text,
  json: flag,
  verbose: { ...flag, short: 'v' },
  noverbose: flag,
  'generate-counts': flag,
  'generate-similars': flag,
  help: { ...flag, short: 'h' },
  version: flag,
} as const;
type Values = ReturnType<typeof parse>['values'];
type TextOption = {
  [K in keyof Values]-?: Values[K] extends string | undefined ? K : never;
}[keyof Values];

/**
 * Reads the command line.
 *
 * Long because each option is read once, and what contradicts it is refused beside it.
 *
 * @throws UsageError that says which option, what it got and what it takes.
 */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const number = (expectation: Expectation<number>, ...names: TextOption[]) =>
    numberOption(values, expectation, names);
  const path = (name: TextOption): string | undefined => {
    if (values[name] === '') throw new UsageError(`--${name} takes a path, got nothing`);
    return values[name];
  };
  if (values['generate-counts'] || values['generate-similars'])
    throw new UsageError(
      'the raw files of the Million Song Dataset are not read here: make listen_counts.txt and similar_songs.csv elsewhere, and give their folder with --data',
    );
  const { tag } = values;
  if (tag === '') throw new UsageError('--tag takes text, got nothing');
  const continuous = values.continuous === true && values.nocontinuous !== true;
  const speed = number(positive, 'speed');
  const rate = number(positive, 'rate');
  if (rate !== undefined && (continuous || speed !== undefined))
    throw new UsageError(
      `--rate lets events come whenever they happen, and --${continuous ? 'continuous' : 'speed'} at their time: give one of them`,
    );
  const target = readTarget(values, positionals, number(count, 'sample'));
  const faults = readFaults(values);
  const format = readFormat(values, target, faults);
  const end = moment(values, 'end-time', 'to');
  const length = number(days, 'days');
  if (length !== undefined && end !== undefined)
    throw new UsageError('--days is instead of an end: leave --end-time and --to out');
  const checkpoint = path('checkpoint');
  if (checkpoint !== undefined && (target.kind === 'sample' || target.kind === 'nowhere'))
    throw new UsageError(
      `--checkpoint goes on with output, and --${target.kind === 'sample' ? 'sample' : 'dry-run'} has none`,
    );

  return {
    help: values.help === true,
    version: values.version === true,
    config: path('config'),
    data: path('data'),
    users: number(limits.users, 'nusers', 'users'),
    growthRate: number(limits.growthRate, 'growth-rate'),
    attritionRate: number(belowOne, 'attrition-rate'),
    firstUserId: number(limits.userId, 'userid'),
    seed: number(integer, 'randomseed', 'seed'),
    tag,
    start: moment(values, 'start-time', 'from'),
    end,
    days: length,
    continuous,
    speed,
    rate,
    checkpoint,
    target,
    format,
    ids: values.ids === true,
    partitions: number(partitions, 'partitions') ?? 4,
    workers: number(workers, 'workers') ?? 1,
    compat: values.compat === true,
    faults,
    labels:
      path('labels') ?? (target.kind === 'files' ? `${target.dir}/faults.jsonl` : 'faults.jsonl'),
    json: values.json === true,
    verbose: values.verbose === true && values.noverbose !== true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: commandOptions, allowPositionals: true });
  } catch (cause) {
    const [message] = (cause as Error).message.split('. ');
    throw new UsageError(`${message}; --help lists the options`, { cause });
  }
}

function numberOption(
  values: Values,
  expectation: Expectation<number>,
  names: readonly TextOption[],
): number | undefined {
  const found = names.flatMap((name) => {
    const value = values[name];
    if (value === undefined) return [];
    const parsed = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
    if (!expectation.accepts(parsed))
      throw new UsageError(`--${name} takes ${expectation.name}, got ${shown(value)}`);
    return [parsed];
  });
  return found[0];
}

/** A point in time, by the option that gives it as such or the one that gives it in days ago. */
function moment(
  values: Values,
  absolute: 'start-time' | 'end-time',
  relative: 'from' | 'to',
): Moment | undefined {
  const time = values[absolute];
  const daysAgo = numberOption(values, limits.daysAgo, [relative]);
  if (time === undefined) return daysAgo === undefined ? undefined : { daysAgo };
  if (daysAgo !== undefined)
    throw new UsageError(`--${absolute} and --${relative} are the same: give one of them`);
  const at = parseInstant(time);
  if (Number.isNaN(at))
    throw new UsageError(
      `--${absolute} takes an ISO 8601 time such as 2026-03-02T00:00:00, got ${shown(time)}`,
    );
  return { at };
}

function readTarget(
  values: Values,
  positionals: readonly string[],
  sample: number | undefined,
): Target {
  if (positionals.length > 1)
    throw new UsageError(
      `one folder at most, got ${positionals.slice(0, 2).map(shown).join(' and ')}`,
    );
  const dir = values.out ?? positionals[0];
  const brokers = values.kafka ?? values.kafkaBrokerList;
  const registryUrl = values['schema-registry'];
  const asked: readonly (readonly [string, Target | undefined | false])[] = [
    ['--out', values.out !== undefined && { kind: 'files', dir: values.out }],
    ['the folder', positionals[0] !== undefined && { kind: 'files', dir: positionals[0] }],
    ['--stdout', values.stdout === true && { kind: 'stdout' }],
    ['--log', values.log !== undefined && { kind: 'log', dir: values.log }],
    ['--kafka', brokers !== undefined && { kind: 'kafka', brokers, registryUrl }],
    ['--sample', sample !== undefined && { kind: 'sample', events: sample }],
    ['--dry-run', values['dry-run'] === true && { kind: 'nowhere' }],
  ];
  const given = asked.filter(([, target]) => target);
  if (given.length > 1)
    throw new UsageError(
      `${given.map(([name]) => name).join(' and ')} are ${given.length} places to write to: give one of them`,
    );
  if (dir === '' || values.log === '' || brokers === '')
    throw new UsageError(
      `${given[0]?.[0]} takes a ${brokers === '' ? 'list of brokers' : 'path'}, got nothing`,
    );
  if (registryUrl !== undefined && brokers === undefined)
    throw new UsageError('--schema-registry is for --kafka: give it brokers, or leave it out');
  return given[0]?.[1] || { kind: 'files', dir: 'output' };
}

function readFaults(values: Values): FaultRates | undefined {
  const rates = {
    duplicates: numberOption(values, share, ['duplicates']),
    late: numberOption(values, share, ['late']),
    outOfOrder: numberOption(values, share, ['out-of-order']),
    malformed: numberOption(values, share, ['malformed']),
    schemaV2: numberOption(values, share, ['schema-v2']),
  };
  const given = Object.entries(rates).filter(([, rate]) => rate !== undefined && rate > 0);
  if (given.length === 0) return undefined;
  const faults: FaultRates = Object.fromEntries(given);
  checkRates(faults);
  return faults;
}

function readFormat(values: Values, target: Target, faults: FaultRates | undefined) {
  const { format } = values;
  if (format !== undefined && format !== 'json' && format !== 'avro')
    throw new UsageError(`--format takes json or avro, got ${shown(format)}`);
  const isLog = target.kind === 'log' || target.kind === 'kafka';
  const asked = format ?? (values.useAvro ? 'avro' : values.nouseAvro ? 'json' : undefined);
  const chosen = asked ?? (isLog ? 'avro' : 'json');
  if (chosen === 'avro' && (target.kind === 'stdout' || target.kind === 'sample'))
    throw new UsageError('Avro has no lines: --format avro needs --out, --log or --kafka');
  if (chosen === 'avro' && target.kind === 'kafka' && !target.registryUrl)
    throw new UsageError(
      'Avro in Kafka needs a schema registry: give --schema-registry URL, or --format json',
    );
  if (chosen === 'avro' && target.kind === 'files' && (faults?.malformed || faults?.schemaV2))
    throw new UsageError(
      'an Avro file has one schema, and no record in it can be malformed: --malformed and --schema-v2 need --format json, --log or --kafka',
    );
  return chosen;
}
