import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { loadConfig } from '@streamify/simulator';
import { type LogFormat, runNamed } from './log-format.ts';
import { defaults, type Options } from './options.ts';
import { UsageError } from './usage-error.ts';

const day = 86_400_000;

/** Where the events come from. It is settled by the first run on a folder, and holds for all later ones. */
export type Source =
  | {
      readonly kind: 'simulation';
      readonly users: number;
      readonly days: number;
      readonly seed: number;
      readonly config: unknown;
    }
  | { readonly kind: 'jsonl'; readonly dir: string }
  | {
      readonly kind: 'live';
      readonly users: number;
      /** How many days before the first run it begins, and what time that is, in epoch milliseconds. */
      readonly days: number;
      readonly start: number;
      readonly seed: number;
      readonly config: unknown;
    };

/** What the first run settles. */
export type Plan = Source & {
  readonly run?: string;
  /** How events are written in the log. Default `avro`. */
  readonly format?: LogFormat;
};

/** A name for all that a run has in Kafka. */
export const newRun = (format: LogFormat) =>
  runNamed(`streamify-${randomBytes(4).toString('hex')}`, format);

/**
 * Where the events come from: a new folder takes it from the options, an old one has it.
 *
 * @throws UsageError when the options ask for something else than the folder has.
 */
export function sourceFor(options: Options, saved: Plan | undefined, path: string): Source {
  if (!saved) return newSource(options);
  const { run, format = 'avro', ...source } = saved;
  const isOtherKind =
    (run !== undefined) !== options.kafka ||
    (source.kind === 'live') !== options.continuous ||
    (options.format ?? format) !== format;
  if (!isOtherKind && isDeepStrictEqual(asked(options, source), source)) return source;
  throw new UsageError(
    `${path} holds a run of ${optionsOf(saved)}: ${isOtherKind ? 'give these again, add' : 'add'} --fresh to replace it, or --data-dir to keep both`,
  );
}

function newSource(options: Options): Source {
  const { users, liveUsers, days, liveDays, seed } = defaults;
  if (options.fromJsonl !== undefined) return { kind: 'jsonl', dir: options.fromJsonl };
  if (!options.continuous)
    return asked(options, { kind: 'simulation', users, days, seed, config: null });
  const begun = asked(options, {
    kind: 'live',
    users: liveUsers,
    days: liveDays,
    start: 0,
    seed,
    config: null,
  }) as Extract<Source, { kind: 'live' }>;
  return { ...begun, start: Math.floor(Date.now() / 1_000) * 1_000 - begun.days * day };
}

/** What the options ask for; what they leave open is as in `before`. */
function asked(options: Options, before: Source): Source {
  const { users, days, seed, config, fromJsonl } = options;
  if (fromJsonl !== undefined) return { kind: 'jsonl', dir: fromJsonl };
  if (before.kind === 'jsonl') {
    const isSimulation = [users, days, seed, config].some((option) => option !== undefined);
    return isSimulation ? { kind: 'simulation', users: 0, days: 0, seed: 0, config } : before;
  }
  return {
    ...before,
    users: users ?? before.users,
    days: days ?? before.days,
    seed: seed ?? before.seed,
    config: config === undefined ? before.config : loadConfig(config),
  };
}

/** The options that a folder was begun with. */
function optionsOf({ run, format = 'avro', ...source }: Plan): string {
  const how = [
    ...(run === undefined ? [] : ['--kafka']),
    ...(format === 'avro' ? [] : [`--format ${format}`]),
  ];
  if (source.kind === 'jsonl') return [...how, `--from-jsonl ${source.dir}`].join(' ');
  const { kind, users, days, seed, config } = source;
  return [
    ...how,
    ...(kind === 'live' ? ['--continuous'] : []),
    `--users ${users} --days ${days} --seed ${seed}`,
    ...(config ? ['with a --config'] : []),
  ].join(' ');
}
