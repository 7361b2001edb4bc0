import { resolve } from 'node:path';
import { OptionError } from '@streamify/core';
import { cacheFolder } from './prerequisites/cache-folder.ts';

/** How a local broker is started. */
export interface LocalKafkaOptions {
  /** The folder of its data and logs; it is made where it is missing. */
  readonly dir: string;
  /** Where the broker listens; a free port when none is given. */
  readonly port?: number;
  /** Whether a schema registry is started as well; default false. */
  readonly registry?: boolean;
  /** Where the registry listens; a free port when none is given. */
  readonly registryPort?: number;
  /** The broker's largest heap, as Java has it; default `1g`. */
  readonly heap?: string;
  /** More of the broker's settings, such as `{ 'log.retention.ms': '60000' }`; they come before ours. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where the jars are kept; default `$STREAMIFY_CACHE/kafka`, or else `.streamify/cache/kafka`. */
  readonly cache?: string;
  /** Milliseconds that each of the two may take to come up; default 60 000. */
  readonly startTimeout?: number;
  /** Hears what takes its time, one line each; default: nobody does. */
  readonly report?: (line: string) => void;
}

/** Options that were checked, with the defaults filled in. */
export interface CheckedOptions {
  readonly dir: string;
  readonly port: number | undefined;
  readonly registry: boolean;
  readonly registryPort: number | undefined;
  readonly heap: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly cache: string;
  readonly startTimeout: number;
  readonly report: (line: string) => void;
}

/** @throws OptionError for a value that cannot work. */
export function checkOptions(options: LocalKafkaOptions): CheckedOptions {
  const {
    dir,
    port,
    registry = false,
    registryPort,
    heap = '1g',
    settings = {},
    cache = cacheFolder(),
    startTimeout = 60_000,
    report = () => {},
  } = options;
  const folder = checkDir(dir);
  checkPortNumber('port', port);
  checkPortNumber('registryPort', registryPort);
  if (port !== undefined && port === registryPort)
    throw new OptionError(`port and registryPort are both ${port}: give each its own`);
  if (!/^[1-9]\d*[kmg]$/i.test(heap))
    throw new OptionError(
      `heap is ${JSON.stringify(heap.slice(0, 100))}: write it as Java does, such as 512m or 1g`,
    );
  for (const [name, value] of Object.entries(settings))
    if (!/^[a-z][a-zA-Z0-9._-]*$/.test(name) || /[\r\n]/.test(value))
      throw new OptionError(`settings has "${name}": a setting is a name and a value of one line`);
  if (!(startTimeout > 0))
    throw new OptionError(`startTimeout is ${startTimeout}: give milliseconds above 0`);
  return {
    dir: folder,
    port,
    registry,
    registryPort,
    heap,
    settings,
    cache: resolve(cache),
    startTimeout,
    report,
  };
}

/** @throws OptionError for a folder without a name, which would be taken for the working directory. */
export function checkDir(dir: string): string {
  if (dir === '') throw new OptionError('dir is empty: name the folder of the broker’s data');
  return resolve(dir);
}

function checkPortNumber(name: string, port: number | undefined): void {
  if (port === undefined) return;
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new OptionError(`${name} is ${port}: a port is a whole number from 1 to 65535`);
}
