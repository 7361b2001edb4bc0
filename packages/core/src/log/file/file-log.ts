import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileRegistry } from '../../codec/file-registry.ts';
import { checkOptions } from '../../contract/check-options.ts';
import { OptionError } from '../../contract/errors.ts';
import type { EventLog } from '../../contract/event-log.ts';
import type { SchemaRegistry } from '../../contract/schema-registry.ts';
import { fileLogReader } from './file-log-reader.ts';
import { fileLogWriter } from './file-log-writer.ts';
import { type LogFiles, nodeFiles } from './log-files.ts';
import type { Recovery } from './recover-partition.ts';

/** Options of {@link fileLog}. */
export interface FileLogOptions {
  /** The folder of the log. A writer makes it. */
  readonly dir: string;
  /**
   * `write` takes the log for this process: publish, and read what was published. `read` follows a
   * log that another process writes to; there may be any number. Default: `write`.
   */
  readonly mode?: 'write' | 'read';
  /**
   * What an acknowledged record survives: `fsync` a loss of power, `os` the end of the process.
   * Default: `fsync`. After a loss of power, a log written with `os` may be refused as damaged.
   */
  readonly durability?: 'fsync' | 'os';
  /** A segment file that has as many bytes is followed by a new one. Default: 128 MiB. */
  readonly segmentBytes?: number;
  /** Default: `fileRegistry` in the folder `schemas` of the log. */
  readonly registry?: SchemaRegistry;
  /** Told, at opening, of each partition where a killed writer left something behind the durable end. */
  readonly onRecovered?: (recovery: Recovery) => void;
  /** The clock that stamps records, in epoch milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Opens a durable log in files: partitioned, checksummed, with one writing process at a time.
 *
 * A record that `publish` has acknowledged is never lost, repeated or changed, whenever the process
 * is killed; damage to one is an error, never silence. Readers in other processes see a record once
 * it is durable.
 *
 * @example
 * const log = await fileLog({ dir: '.streamify/log' });
 * await log.createTopic('plays', { partitions: 4 });
 * await log.topic('plays', Play).publish(plays);
 * await log.close();
 *
 * @throws OptionError when an option has a value that cannot work.
 * @throws LogLockedError when another process, or this one, has it open for writing.
 * @throws LogCorruptedError when something is missing or damaged that was durable.
 */
export function fileLog(options: FileLogOptions): Promise<EventLog> {
  return openFileLog(options, nodeFiles);
}

const names = {
  dir: true,
  mode: true,
  durability: true,
  segmentBytes: true,
  registry: true,
  onRecovered: true,
  now: true,
} as const;

/** {@link fileLog} on given file operations. */
export async function openFileLog(options: FileLogOptions, files: LogFiles): Promise<EventLog> {
  checkOptions('fileLog', options, names);
  const {
    dir,
    mode = 'write',
    durability = 'fsync',
    segmentBytes = 128 * 1024 * 1024,
    registry = fileRegistry({ dir: join(dir, 'schemas') }),
    onRecovered = () => undefined,
    now = Date.now,
  } = options;
  if (typeof dir !== 'string' || dir === '') throw new OptionError('dir is the folder of the log');
  if (mode !== 'write' && mode !== 'read')
    throw new OptionError(`mode is 'write' or 'read', not ${mode}`);
  if (durability !== 'fsync' && durability !== 'os')
    throw new OptionError(`durability is 'fsync' or 'os', not ${durability}`);
  if (!Number.isSafeInteger(segmentBytes) || segmentBytes < 1)
    throw new OptionError(`segmentBytes is a whole number from 1 on, not ${segmentBytes}`);
  const settings = { dir, durability, segmentBytes, registry, onRecovered, now, files };
  if (mode === 'read') {
    await checkThere(dir);
    return fileLogReader(settings);
  }
  await mkdir(dir, { recursive: true });
  return fileLogWriter(settings);
}

/** @throws OptionError when the folder is not that of a log: a reader does not make one. */
async function checkThere(dir: string): Promise<void> {
  const isThere = await stat(join(dir, 'topics')).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere)
    throw new OptionError(
      `there is no log in ${resolve(dir)}, and mode 'read' makes none: check dir, or open it with mode 'write' first`,
    );
}
