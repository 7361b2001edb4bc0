import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFile, syncDirectory } from './durable-file.ts';
import type { Folder } from './folder.ts';

/** A folder of the file system. What it does is durable when its promise resolves. */
export function nodeFolder(root: string): Folder {
  const made = new Set<string>();

  /** Makes the folder of a file, and the name of each new folder durable. */
  const prepare = async (path: string): Promise<string> => {
    const full = join(root, path);
    const folder = dirname(full);
    if (made.has(folder)) return full;
    const first = await mkdir(folder, { recursive: true });
    if (first !== undefined)
      for (let above = folder; above.length >= first.length; above = dirname(above))
        await syncDirectory(dirname(above));
    made.add(folder);
    return full;
  };

  return {
    list: async (path) => (await orMissing(readdir(join(root, path)))) ?? [],
    read: (path) => orMissing(readFile(join(root, path))),
    async write(path, content) {
      const file = await open(await prepare(path), 'w');
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncDirectory(dirname(join(root, path)));
    },
    create: async (path, content) => createFile(await prepare(path), content),
    async move(from, to) {
      const target = await prepare(to);
      const moved = await orMissing(rename(join(root, from), target).then(() => true));
      if (!moved) return;
      await syncDirectory(dirname(target));
    },
    remove: (path) => rm(join(root, path), { force: true }),
    sub: (path) => nodeFolder(join(root, path)),
  };
}

/** `undefined` where there is no such thing, also because a file stands where a folder would. */
async function orMissing<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
