/**
 * A tree of small files as a task's ledger needs it: written whole, never changed in place. Paths
 * are relative, with `/` between their parts; folders come into being with their first file.
 */
export interface Folder {
  /** Names of the files and folders in a folder; none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** The content of a file; `undefined` where there is no such file. */
  read(path: string): Promise<Buffer | undefined>;
  /** Writes a file that nobody looks for yet: it is whole once this resolves. */
  write(path: string, content: Uint8Array): Promise<void>;
  /** Creates a file with its content at once. Gives `false` when there is one of that name. */
  create(path: string, content: string): Promise<boolean>;
  /** Gives a file another name, durably. Does nothing where there is no such file: somebody did it before. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file, if there is one. */
  remove(path: string): Promise<void>;
  /** The folder at a path. */
  sub(path: string): Folder;
}
