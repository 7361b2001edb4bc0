import type { Folder } from '../sink/folder.ts';

/** Something done to a folder, and whether it is about to happen or has happened. */
export interface FolderStep {
  readonly moment: 'before' | 'after';
  readonly operation: Exclude<keyof Folder, 'sub'>;
  readonly path: string;
}

/** A folder that calls `fault` before and after all that is done to it; what that throws is thrown by the operation. */
export function faultyFolder(
  folder: Folder,
  fault: (step: FolderStep) => void | Promise<void>,
): Folder {
  const around = async <R>(
    operation: FolderStep['operation'],
    path: string,
    work: () => Promise<R>,
  ): Promise<R> => {
    await fault({ moment: 'before', operation, path });
    const result = await work();
    await fault({ moment: 'after', operation, path });
    return result;
  };
  return {
    list: (path) => around('list', path, () => folder.list(path)),
    read: (path) => around('read', path, () => folder.read(path)),
    write: (path, content) => around('write', path, () => folder.write(path, content)),
    create: (path, content) => around('create', path, () => folder.create(path, content)),
    move: (from, to) => around('move', from, () => folder.move(from, to)),
    remove: (path) => around('remove', path, () => folder.remove(path)),
    sub: (path) => faultyFolder(folder.sub(path), fault),
  };
}
