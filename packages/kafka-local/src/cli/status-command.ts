import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exists } from '../exists.ts';
import { readNoted, readRunning } from '../state-file.ts';
import { addresses } from './addresses.ts';

/** Tells what runs in a folder; resolves with whether all that was started there does. */
export async function statusCommand(
  folder: string,
  print: (text: string) => void,
): Promise<boolean> {
  const dir = resolve(folder);
  const [noted, running] = await Promise.all([readNoted(dir), readRunning(dir)]);
  const size = (await exists(dir)) ? await sizeOf(dir) : 0;
  print(`${running.broker ? 'runs' : 'does not run'}, with ${megabytes(size)} MB in ${dir}\n`);
  if (running.broker || running.registry) print(addresses(running));
  for (const name of ['broker', 'registry'] as const) {
    if (noted[name] && !running[name])
      print(
        `the ${name} has ended by itself: its log is ${join(dir, `${name}.log`)}; start brings it back\n`,
      );
  }
  return running.broker !== undefined && (!noted.registry || running.registry !== undefined);
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

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
