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
import { systemReason } from '@streamify/core/adapter';
import type { LogFormat } from './log-format.ts';
import type { Published } from './log-topics.ts';
import type { Options } from './options.ts';
import { newRun, type Plan, type Source, sourceFor } from './plan.ts';
import { UsageError } from './usage-error.ts';

/** The folder of a run: the log, the two databases, and what was asked for. */
export interface DataDir {
  readonly path: string;
  readonly source: Source;
  /** The name that all its topics and groups in Kafka begin with; `undefined` where the log is in files. */
  readonly run: string | undefined;
  /** How events are written in the log. */
  readonly format: LogFormat;
  readonly log: string;
  /** What the jobs land: raw tables, dead letters, checkpoints. */
  readonly raw: string;
  /** What dbt builds, whole: the star schema. */
  readonly warehouse: string;
  /** Where dbt builds it before it is whole. */
  readonly building: string;
  /** dbt's own files: what it parsed, what it compiled, its log. */
  readonly dbt: string;
  /** Who is at work on a live run, for those who join it. */
  readonly live: string;
  /** Records published by topic, once all are; `undefined` before. */
  readonly published: Published | undefined;
  setPublished(counts: Published): void;
}

const plan = 'plan.json';
const published = 'published.json';
const live = 'live.json';
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
  writing(live),
  live,
  writing(plan),
  plan,
];

/** What may be in the folder and is not of a run: the local broker's data and jars are. */
const neighbours = ['kafka', 'cache', '.DS_Store'];

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
  const saved = readPlan(path);
  const { format = saved ? 'avro' : (options.format ?? 'avro') } = saved ?? {};
  const { run = options.kafka ? newRun(format) : undefined } = saved ?? {};
  const source = sourceFor(options, saved, path);
  if (!saved) {
    if (existsSync(file('log')))
      throw new UsageError(
        `${path} holds a log and no ${plan} that says what of: add --fresh to start over, or choose another --data-dir`,
      );
    check(source);
    mkdirSync(path, { recursive: true });
    writeWhole(file(plan), { ...source, run, format });
  }
  return {
    path,
    source,
    run,
    format,
    log: file('log'),
    raw: file('raw.duckdb'),
    warehouse: file('warehouse.duckdb'),
    building: file('building'),
    dbt: file('dbt'),
    live: file(live),
    get published() {
      return readJson(file(published)) as Published | undefined;
    },
    setPublished: (counts) => writeWhole(file(published), counts),
  };
}

/** What is in a folder; `undefined` when no run has begun there. */
export function readPlan(path: string): Plan | undefined {
  return readJson(join(path, plan)) as Plan | undefined;
}

/**
 * Makes sure that starting over cannot lose what somebody else keeps in the folder, nor the old run for nothing.
 *
 * @param check throws where the new source cannot work.
 * @throws UsageError when the folder was made by somebody else: its `log` is not ours.
 */
export function checkFresh(options: Options, check: (source: Source) => void): void {
  refuseStrangers(options.dataDir);
  check(sourceFor(options, undefined, options.dataDir));
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
  const known = [...ours, ...neighbours];
  const stranger = readdirSync(path).find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new UsageError(`${path} holds ${stranger} and no ${plan}: choose another --data-dir`);
}

function readJson(path: string): unknown {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = systemReason(cause) ?? 'it is not JSON';
    throw new UsageError(`${path} is damaged: ${reason}; --fresh starts over`, { cause });
  }
}

/** A reader sees the whole file or none. */
export function writeWhole(path: string, content: unknown): void {
  const temporary = writing(path);
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`, { flush: true });
  renameSync(temporary, path);
}
