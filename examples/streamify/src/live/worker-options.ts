import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaults } from '../options.ts';
import { quoted } from '../quoted.ts';
import { UsageError } from '../usage-error.ts';

/** Which live run to join. */
export interface WorkerOptions {
  readonly help: boolean;
  readonly dataDir: string;
  /** The name of a run that has its folder elsewhere. */
  readonly run: string | undefined;
}

export const workerHelp = `Joins a live run: takes a share of cleaning its events and counting its plays, until Ctrl-C.
As many as there are partitions find work; one that ends, however it ends, leaves its share to the
others.

Usage: npm run worker -- [options]

  --data-dir DIR     where the run has its folder      (default ${defaults.dataDir})
  --run NAME         the name of the run, where its folder is on another machine. Then
                     STREAMIFY_KAFKA_BROKERS and STREAMIFY_SCHEMA_REGISTRY_URL say where Kafka is
  --help             show this

The run is started by npm start -- --kafka --continuous, which prints its name.`;

/** What the command takes. */
export const workerCommandOptions = {
  'data-dir': { type: 'string' },
  run: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Reads the command line.
 *
 * @throws UsageError that says which option, what it got and what it takes.
 */
export function parseWorkerOptions(args: readonly string[], from = process.cwd()): WorkerOptions {
  const { help = false, run, 'data-dir': dir } = parse(args);
  if (dir === '') throw new UsageError('--data-dir takes a path, got nothing');
  if (run !== undefined && !/^streamify-[0-9a-f]{8}(-json)?$/.test(run))
    throw new UsageError(
      `--run takes the name that the run prints, such as streamify-0a1b2c3d, got ${quoted(run)}`,
    );
  if (run !== undefined && dir !== undefined)
    throw new UsageError(
      '--run is for a run whose folder is elsewhere, and --data-dir for one that is here: give one of them',
    );
  return { help, run, dataDir: resolve(from, dir ?? defaults.dataDir) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: workerCommandOptions,
    }).values;
  } catch (cause) {
    const [message] = (cause as Error).message.split(/\.\s/);
    throw new UsageError(`${message}; npm run worker -- --help lists the options`, { cause });
  }
}
