import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOptions } from '../contract/check-options.ts';
import { LogCorruptedError, OptionError, SchemaError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { SchemaRegistry } from '../contract/schema-registry.ts';
import { createFile, syncDirectory } from '../durable/durable-file.ts';
import { canonicalSchema } from './canonical-schema.ts';
import { checkCompatible } from './check-compatible.ts';
import { SubjectFiles } from './subject-files.ts';

/** Options of {@link fileRegistry}. */
export interface FileRegistryOptions {
  /**
   * The folder of the schemas, one file `<id>.avsc` each, and of `subjects/<subject>/<version>`, which hold an id.
   * Made at the first registration.
   */
  readonly dir: string;
}

/**
 * Keeps schemas as files, for any number of processes at once. An id is given by creating its file
 * exclusively, so that no two schemas ever share one, and it is durable when `register` resolves. A schema
 * that could not read what was registered under its subject before is refused with `SchemaError`.
 */
export function fileRegistry(options: FileRegistryOptions): SchemaRegistry {
  checkOptions('fileRegistry', options, { dir: true });
  const { dir } = options;
  if (typeof dir !== 'string' || dir === '')
    throw new OptionError(`dir is the folder of the schemas, got ${JSON.stringify(dir)}`);
  const { fileOf, read, idOf, knownId } = schemaFiles(dir);
  const registered = new Set<string>();
  const versionsOf = (subject: string) => new SubjectFiles(join(dir, 'subjects'), subject);

  return {
    async register(subject, schema) {
      const canonical = canonicalSchema(schema);
      const known = knownId(canonical);
      const registration = `${subject} ${canonical}`;
      if (known !== undefined && registered.has(registration)) return known;
      const versions = versionsOf(subject);
      for (;;) {
        const given = await versions.ids();
        const earlier = await Promise.all(given.map(read));
        const isNew = !earlier.some((each) => canonicalSchema(each) === canonical);
        if (isNew) checkCompatible(subject, schema, earlier);
        const id = await idOf(schema);
        // Who loses the race for a version is checked against what the winner has registered.
        if (isNew && !(await versions.add(given.length + 1, id))) continue;
        registered.add(registration);
        return id;
      }
    },
    async newest(subject) {
      const id = (await versionsOf(subject).ids()).at(-1);
      return id === undefined ? undefined : read(id);
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

/** The schemas in a folder, by the ids in their names. */
function schemaFiles(dir: string) {
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

  const idOf = async (schema: RecordSchema): Promise<number> => {
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
  };

  return { fileOf, read, idOf, knownId: (canonical: string) => ids.get(canonical) };
}
