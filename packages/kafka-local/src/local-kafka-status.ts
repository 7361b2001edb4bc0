import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exists } from './exists.ts';
import { checkDir } from './local-kafka-options.ts';
import type { LocalService } from './local-service.ts';
import { type RunningServices, readNoted, readRunning } from './state-file.ts';

/** How the local broker of a folder is. */
export interface LocalKafkaStatus {
  /** The folder of its data and logs. */
  readonly dir: string;
  /** Whether there is a broker, and all that was started with it, and not stopped since, runs. */
  readonly isWhole: boolean;
  /** What runs, and on which ports. */
  readonly running: RunningServices;
  /** What has ended by itself, or was killed: it was started, and nobody stopped it. */
  readonly ended: readonly LocalService[];
  /** What the folder takes on the disk, in bytes. */
  readonly bytes: number;
}

/** Tells what runs in a folder, and what should and does not. */
export async function localKafkaStatus(options: {
  readonly dir: string;
}): Promise<LocalKafkaStatus> {
  const dir = checkDir(options.dir);
  const [noted, running] = await Promise.all([readNoted(dir), readRunning(dir)]);
  return {
    dir,
    isWhole: running.broker !== undefined && (!noted.registry || running.registry !== undefined),
    running,
    ended: (['broker', 'registry'] as const).filter((name) => noted[name] && !running[name]),
    bytes: (await exists(dir)) ? await sizeOf(dir) : 0,
  };
}

/** Bytes of all files; one that vanishes meanwhile counts nothing. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => stat(join(entry.parentPath, entry.name)).then(usedBytes, () => 0)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** What the disk holds: a broker reserves 10 MB for each index and writes few of them. */
const usedBytes = ({ size, blocks }: { readonly size: number; readonly blocks?: number }) =>
  blocks === undefined ? size : blocks * 512;
