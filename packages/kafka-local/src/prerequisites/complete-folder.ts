import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const stampFile = '.complete';

/** Notes down what a folder holds, and resolves with how many files that are. */
export async function stampFolder(folder: string): Promise<number> {
  const sizes = await sizesIn(folder);
  await writeFile(join(folder, stampFile), JSON.stringify(sizes));
  return Object.keys(sizes).length;
}

/** Whether a folder has a stamp, and each file of it is there in its full size. */
export async function isComplete(folder: string): Promise<boolean> {
  const stamp = await readStamp(folder);
  if (stamp === undefined) return false;
  const sizes = await Promise.all(Object.keys(stamp).map((file) => sizeOf(join(folder, file))));
  return Object.values(stamp).every((size, index) => size === sizes[index]);
}

async function readStamp(folder: string): Promise<Record<string, number> | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, stampFile), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function sizesIn(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    files.map(async (file) => [file.slice(folder.length + 1), (await stat(file)).size] as const),
  );
  return Object.fromEntries(sizes);
}
