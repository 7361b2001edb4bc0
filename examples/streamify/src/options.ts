import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LogFormat } from './log-format.ts';
import { quoted } from './quoted.ts';
import { UsageError } from './usage-error.ts';

/** What to run on which data. What the user did not say is undefined: an earlier run may have said it. */
export interface Options {
  readonly help: boolean;
  readonly users: number | undefined;
  readonly days: number | undefined;
  readonly seed: number | undefined;
  readonly config: string | undefined;
  readonly fromJsonl: string | undefined;
  readonly dataDir: string;
  readonly fresh: boolean;
  /** Whether the log is in Kafka, and not in files. */
  readonly kafka: boolean;
  /** How events are written in the log. */
  readonly format: LogFormat | undefined;
  /** Whether it goes on live, until it is stopped. */
  readonly continuous: boolean;
  /** Simulated seconds a second, when it is live. */
  readonly speed: number;
}

export const defaults = {
  users: 1_000,
  liveUsers: 10_000,
  days: 30,
  liveDays: 1,
  seed: 1,
  dataDir: '.streamify',
} as const;

export const help = `Simulates the listeners of a music service, lands their events exactly once in a
warehouse (DuckDB), and builds and tests a star schema there (dbt).

Usage: npm start -- [options]

  --users N          listeners at the start            (default ${defaults.users.toLocaleString('en')})
  --days N           days to simulate                  (default ${defaults.days})
  --seed N           same seed, same events            (default ${defaults.seed})
  --config FILE      the site and its listeners, in Eventsim's format
  --from-jsonl DIR   land real output of Eventsim instead of simulating: listen_events,
                     page_view_events, auth_events and status_change_events, each with or
                     without .jsonl or .json, and with or without .gz
  --kafka            the events go through Kafka and a schema registry: those that
                     STREAMIFY_KAFKA_BROKERS and STREAMIFY_SCHEMA_REGISTRY_URL name, or else
                     those of npm run kafka -- start, which is done for you
  --format FORMAT    how events are written in the log and its topics: avro, or json, by the same
                     schemas  (default avro)
  --continuous       with --kafka: catch up with the present, go on live, and land what comes until
                     Ctrl-C; npm run worker in further terminals takes a share of the work
                     (default then: ${defaults.liveUsers.toLocaleString('en')} listeners, and ${defaults.liveDays} day, before now; 0 is none)
  --speed N          with --continuous: simulated seconds a second  (default 1)
  --data-dir DIR     where everything is kept          (default ${defaults.dataDir})
  --fresh            throw away what is there, and start over
  --help             show this

Run again on the same data it goes on where it stopped, and adds nothing twice.`;

/** What the command takes. */
export const commandOptions = {
  users: { type: 'string' },
  days: { type: 'string' },
  seed: { type: 'string' },
  config: { type: 'string' },
  'from-jsonl': { type: 'string' },
  'data-dir': { type: 'string' },
  fresh: { type: 'boolean' },
  kafka: { type: 'boolean' },
  format: { type: 'string' },
  continuous: { type: 'boolean' },
  speed: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads the command line.
 *
 * @throws UsageError that says which option, what it got and what it takes.
 */
export function parseOptions(args: readonly string[], from = process.cwd()): Options {
  const { values } = parse(args);
  const number = (
    option: 'users' | 'days' | 'seed',
    least: number,
    most = Number.MAX_SAFE_INTEGER,
  ): number | undefined => {
    const value = values[option];
    if (value === undefined) return undefined;
    const parsed = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(parsed) || parsed < least)
      throw new UsageError(
        `--${option} takes a whole number from ${least} on, got ${quoted(value)}`,
      );
    if (parsed > most)
      throw new UsageError(
        `--${option} takes ${most.toLocaleString('en')} at most, got ${quoted(value)}`,
      );
    return parsed;
  };
  const path = (option: 'config' | 'from-jsonl' | 'data-dir'): string | undefined => {
    const value = values[option];
    if (value === '') throw new UsageError(`--${option} takes a path, got nothing`);
    return value === undefined ? undefined : resolve(from, value);
  };
  const dataDir = path('data-dir') ?? resolve(from, defaults.dataDir);
  checkDataDir(dataDir);
  const options: Options = {
    help: values.help ?? false,
    users: number('users', 1, 10_000_000),
    days: number('days', values.continuous ? 0 : 1, 36_500),
    seed: number('seed', 0),
    config: path('config'),
    fromJsonl: path('from-jsonl'),
    dataDir,
    fresh: values.fresh ?? false,
    kafka: values.kafka ?? false,
    format: formatOf(values.format),
    continuous: values.continuous ?? false,
    speed: speedOf(values.speed),
  };
  const simulation = (['users', 'days', 'seed', 'config'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (options.fromJsonl !== undefined && simulation)
    throw new UsageError(
      `--${simulation} is for a simulation, and --from-jsonl lands what there is: give one of them`,
    );
  if (options.continuous && !options.kafka)
    throw new UsageError('--continuous goes through the topics of Kafka: add --kafka');
  if (options.continuous && options.fromJsonl !== undefined)
    throw new UsageError(
      '--continuous simulates, and --from-jsonl lands what there is: give one of them',
    );
  if (values.speed !== undefined && !options.continuous)
    throw new UsageError('--speed is for --continuous; anything else is as fast as it can');
  return options;
}

function formatOf(value: string | undefined): LogFormat | undefined {
  if (value === undefined || value === 'avro' || value === 'json') return value;
  throw new UsageError(`--format takes avro or json, got ${quoted(value)}`);
}

/** DuckDB and dbt read a path as an address: what follows these is no part of the file's name to them. */
function checkDataDir(path: string): void {
  const [sign] = /[#?]/.exec(path) ?? [];
  if (sign !== undefined)
    throw new UsageError(
      `the data folder ${path} has "${sign}" in its path, below which dbt and DuckDB find no database: choose another --data-dir`,
    );
}

const fastest = 100_000;

function speedOf(value = '1'): number {
  const speed = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (speed > 0 && speed <= fastest) return speed;
  throw new UsageError(
    `--speed takes simulated seconds a second, above 0 and up to ${fastest.toLocaleString('en')}, got ${quoted(value)}`,
  );
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: commandOptions,
    });
  } catch (cause) {
    const [message] = (cause as Error).message.split(/\.\s/);
    throw new UsageError(`${message}; npm start -- --help lists the options`, { cause });
  }
}
