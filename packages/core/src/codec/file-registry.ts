import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogCorruptedError, SchemaError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { SchemaRegistry } from '../contract/schema-registry.ts';
import { createFile, syncDirectory } from '../durable/durable-file.ts';
import { canonicalSchema } from './canonical-schema.ts';

/** Options of {@link fileRegistry}. */
export interface FileRegistryOptions {
  /** The folder of the schemas, one file `<id>.avsc` each. Made at the first registration. */
  readonly dir: string;
}

/**
 * Keeps schemas as files, for any number of processes at once. An id is given by creating its file
 * exclusively, so that no two schemas ever share one, and it is durable when `register` resolves.
 */
export function fileRegistry({ dir }: FileRegistryOptions): SchemaRegistry {
  const ids = new Map<string, number>();
  let highest = 0;

  const fileOf = (id: number) => join(dir, `${id}.avsc`);

  const read = async (id: number): Promise<RecordSchema> => {
    const text = await readFile(fileOf(id), 'utf8');
    try {
      return JSON.parse(text) as RecordSchema;
    } catch (cause) {
      throw new LogCorruptedError(`${fileOf(id)} is not JSON; restore it from a copy of the log`, {
        cause,
      });
    }
  };

  const readNew = async (): Promise<void> => {
    const names = await readdir(dir);
    const found = names.flatMap((name) => /^([1-9]\d*)\.avsc$/.exec(name)?.[1] ?? []).map(Number);
    for (const id of found.filter((each) => each > highest).sort((a, b) => a - b)) {
      const canonical = canonicalSchema(await read(id));
      if (!ids.has(canonical)) ids.set(canonical, id);
      highest = id;
    }
  };

  return {
    async register(_subject, schema) {
      const canonical = canonicalSchema(schema);
      if (!ids.has(canonical)) await mkdir(dir, { recursive: true });
      for (;;) {
        const known = ids.get(canonical);
        if (known !== undefined) return known;
        await readNew();
        if (ids.has(canonical)) {
          // Whoever wrote it may not have got as far as making its name durable.
          await syncDirectory(dir);
          continue;
        }
        // Who loses the race for an id reads what the winner wrote, and tries the next.
        await createFile(fileOf(highest + 1), `${JSON.stringify(schema, null, 2)}\n`);
      }
    },
    async schema(id) {
      try {
        return await read(id);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
        throw new SchemaError(`no schema has id ${id}: there is no ${fileOf(id)}`, { cause });
      }
    },
  };
}
