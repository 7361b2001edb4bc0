import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Published } from './log-topics.ts';
import { defaults, type Options } from './options.ts';
import { UsageError } from './usage-error.ts';

/** Where the events come from. It is settled by the first run on a folder, and holds for all later ones. */
export type Source =
  | {
      readonly kind: 'simulation';
      readonly users: number;
      readonly days: number;
      readonly seed: number;
      readonly config: unknown;
    }
  | { readonly kind: 'jsonl'; readonly dir: string };

/** The folder of a run: the log, the two databases, and what was asked for. */
export interface DataDir {
  readonly path: string;
  readonly source: Source;
  readonly log: string;
  /** What the jobs land: raw tables, dead letters, checkpoints. */
  readonly raw: string;
  /** What dbt builds, whole: the star schema. */
  readonly warehouse: string;
  /** Where dbt builds it before it is whole. */
  readonly building: string;
  /** dbt's own files: what it parsed, what it compiled, its log. */
  readonly dbt: string;
  /** Records published by topic, once all are; `undefined` before. */
  readonly published: Published | undefined;
  setPublished(counts: Published): void;
}

const plan = 'plan.json';
const published = 'published.json';
/** While a file is written, so that it is never seen half. */
const writing = (file: string) => `${file}.writing`;
/** All that is ever written here, and so all that `--fresh` removes: the plan last, since it says that the rest is ours. */
const ours = [
  'log',
  'raw.duckdb',
  'raw.duckdb.wal',
  'warehouse.duckdb',
  'warehouse.duckdb.wal',
  'building',
  'dbt',
  writing(published),
  published,
  writing(plan),
  plan,
];

/**
 * Opens the folder of a run: a new one takes its source from the options, an old one has it.
 *
 * @param check throws where a new source cannot work, before anything is written.
 * @throws UsageError when the options ask for another source than the folder has, or when the
 * folder holds something else.
 */
export function openDataDir(options: Options, check: (source: Source) => void = () => {}): DataDir {
  const path = options.dataDir;
  const file = (...names: string[]) => join(path, ...names);
  refuseStrangers(path);
  const saved = readJson(file(plan)) as Source | undefined;
  const source = wanted(options, saved, path);
  if (!saved) {
    if (existsSync(file('log')))
      throw new UsageError(
        `${path} holds a log and no ${plan} that says what of: add --fresh to start over, or choose another --data-dir`,
      );
    check(source);
    mkdirSync(path, { recursive: true });
    writeWhole(file(plan), source);
  }
  return {
    path,
    source,
    log: file('log'),
    raw: file('raw.duckdb'),
    warehouse: file('warehouse.duckdb'),
    building: file('building'),
    dbt: file('dbt'),
    get published() {
      return readJson(file(published)) as Published | undefined;
    },
    setPublished: (counts) => writeWhole(file(published), counts),
  };
}

/**
 * Makes sure that starting over cannot lose what somebody else keeps in the folder, nor the old run for nothing.
 *
 * @param check throws where the new source cannot work.
 * @throws UsageError when the folder was made by somebody else: its `log` is not ours.
 */
export function checkFresh(options: Options, check: (source: Source) => void): void {
  refuseStrangers(options.dataDir);
  check(wanted(options, undefined, options.dataDir));
}

/** Removes what earlier runs left in the folder, and nothing else. */
export function emptyDataDir(path: string): void {
  refuseStrangers(path);
  for (const name of ours) rmSync(join(path, name), { recursive: true, force: true });
}

function refuseStrangers(path: string): void {
  if (!existsSync(path)) return;
  if (!statSync(path).isDirectory())
    throw new UsageError(`--data-dir ${path} is no folder: choose another`);
  if (existsSync(join(path, plan))) return;
  const stranger = readdirSync(path).find((name) => !ours.includes(name) && name !== '.DS_Store');
  if (stranger !== undefined)
    throw new UsageError(`${path} holds ${stranger} and no ${plan}: choose another --data-dir`);
}

function wanted(options: Options, saved: Source | undefined, path: string): Source {
  if (options.fromJsonl !== undefined) {
    const source = { kind: 'jsonl', dir: options.fromJsonl } as const;
    if (saved && !isDeepStrictEqual(saved, source)) throw otherSource(path, saved);
    return source;
  }
  if (saved?.kind === 'jsonl') {
    const asksToSimulate = [options.users, options.days, options.seed, options.config];
    if (asksToSimulate.some((option) => option !== undefined)) throw otherSource(path, saved);
    return saved;
  }
  const { users, days, seed, config } = saved ?? { ...defaults, config: null };
  const source: Source = {
    kind: 'simulation',
    users: options.users ?? users,
    days: options.days ?? days,
    seed: options.seed ?? seed,
    config: options.config === undefined ? config : readConfig(options.config),
  };
  if (saved && !isDeepStrictEqual(saved, source)) throw otherSource(path, saved);
  return source;
}

function otherSource(path: string, saved: Source): UsageError {
  const has =
    saved.kind === 'jsonl'
      ? `--from-jsonl ${saved.dir}`
      : `--users ${saved.users} --days ${saved.days} --seed ${saved.seed}${saved.config ? ' with a --config' : ''}`;
  return new UsageError(
    `${path} holds a run of ${has}: add --fresh to replace it, or --data-dir to keep both`,
  );
}

function readConfig(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`--config ${path} cannot be read as JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${path} is damaged: ${(cause as Error).message}; --fresh starts over`, {
      cause,
    });
  }
}

/** A reader sees the whole file or none. */
function writeWhole(path: string, content: unknown): void {
  const temporary = writing(path);
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { flush: true });
  renameSync(temporary, path);
}
