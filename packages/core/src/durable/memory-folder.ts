import type { Folder } from './folder.ts';

/** A folder in memory, with the behaviour of one on a disk. It lives as long as the object does. */
export function memoryFolder(files = new Map<string, Buffer>(), prefix = ''): Folder {
  const at = (path: string) => prefix + path;
  return {
    async list(path) {
      const names = new Set<string>();
      const above = path === '' ? prefix : `${at(path)}/`;
      for (const file of files.keys())
        if (file.startsWith(above)) names.add(file.slice(above.length).split('/')[0] as string);
      return [...names];
    },
    read: async (path) => files.get(at(path)),
    async write(path, content) {
      files.set(at(path), Buffer.from(content));
    },
    async create(path, content) {
      if (files.has(at(path))) return false;
      files.set(at(path), Buffer.from(content));
      return true;
    },
    async move(from, to) {
      const content = files.get(at(from));
      if (!content) return;
      files.delete(at(from));
      files.set(at(to), content);
    },
    async remove(path) {
      files.delete(at(path));
    },
    sub: (path) => memoryFolder(files, `${at(path)}/`),
  };
}
