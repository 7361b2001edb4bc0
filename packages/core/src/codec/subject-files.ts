import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFile, syncDirectory } from '../durable/durable-file.ts';

/** The schema ids of a subject, a file `<dir>/<subject>/<version>` each. */
export class SubjectFiles {
  readonly #dir: string;
  readonly #root: string;

  constructor(root: string, subject: string) {
    this.#root = root;
    this.#dir = join(root, encodeURIComponent(subject));
  }

  /** The ids, oldest first. */
  async ids(): Promise<readonly number[]> {
    const found: number[] = [];
    for (let version = 1; ; version++) {
      const text = await readFile(join(this.#dir, String(version)), 'utf8').catch(ifMissing);
      if (text === undefined) return found;
      found.push(Number(text));
    }
  }

  /** Adds an id as this version, durably. Gives `false` when another process was first. */
  async add(version: number, id: number): Promise<boolean> {
    if (await mkdir(this.#dir, { recursive: true })) await syncDirectory(this.#root);
    return createFile(join(this.#dir, String(version)), `${id}\n`);
  }
}

function ifMissing(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}
