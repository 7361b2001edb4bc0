import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
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
}

export const defaults = { users: 1_000, days: 30, seed: 1, dataDir: '.streamify' } as const;

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
  --data-dir DIR     where everything is kept          (default ${defaults.dataDir})
  --fresh            throw away what is there, and start over
  --help             show this

Run again on the same data it goes on where it stopped, and adds nothing twice.`;

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
        `--${option} takes a whole number from ${least} on, got ${JSON.stringify(value)}`,
      );
    if (parsed > most)
      throw new UsageError(`--${option} takes ${most.toLocaleString('en')} at most, got ${value}`);
    return parsed;
  };
  const path = (option: 'config' | 'from-jsonl' | 'data-dir'): string | undefined => {
    const value = values[option];
    if (value === '') throw new UsageError(`--${option} takes a path, got nothing`);
    return value === undefined ? undefined : resolve(from, value);
  };
  const options: Options = {
    help: values.help ?? false,
    users: number('users', 1, 10_000_000),
    days: number('days', 1, 36_500),
    seed: number('seed', 0),
    config: path('config'),
    fromJsonl: path('from-jsonl'),
    dataDir: path('data-dir') ?? resolve(from, defaults.dataDir),
    fresh: values.fresh ?? false,
  };
  const simulation = (['users', 'days', 'seed', 'config'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (options.fromJsonl !== undefined && simulation)
    throw new UsageError(
      `--${simulation} is for a simulation, and --from-jsonl lands what there is: give one of them`,
    );
  return options;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        users: { type: 'string' },
        days: { type: 'string' },
        seed: { type: 'string' },
        config: { type: 'string' },
        'from-jsonl': { type: 'string' },
        'data-dir': { type: 'string' },
        fresh: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (cause) {
    const [message] = (cause as Error).message.split(/\.\s/);
    throw new UsageError(`${message}; npm start -- --help lists the options`, { cause });
  }
}
