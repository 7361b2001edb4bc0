import { SchemaError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { SchemaRegistry } from '../contract/schema-registry.ts';
import { canonicalSchema } from './canonical-schema.ts';
import { checkCompatible } from './check-compatible.ts';

/**
 * Keeps schemas in memory: for tests, and for a log that lives no longer than its process. A schema that could
 * not read what was registered under its subject before is refused with `SchemaError`.
 */
export function memoryRegistry(): SchemaRegistry {
  const ids = new Map<string, number>();
  const schemas: string[] = [];
  const subjects = new Map<string, number[]>();
  const read = (id: number) => JSON.parse(schemas[id - 1] as string) as RecordSchema;
  const idOf = (schema: RecordSchema, canonical: string): number => {
    const id = ids.get(canonical) ?? schemas.push(JSON.stringify(schema));
    ids.set(canonical, id);
    return id;
  };
  return {
    async register(subject, schema) {
      const canonical = canonicalSchema(schema);
      const versions = subjects.get(subject) ?? [];
      const known = ids.get(canonical);
      if (known !== undefined && versions.includes(known)) return known;
      checkCompatible(subject, schema, versions.map(read));
      const id = idOf(schema, canonical);
      subjects.set(subject, [...versions, id]);
      return id;
    },
    async newest(subject) {
      const id = subjects.get(subject)?.at(-1);
      return id === undefined ? undefined : read(id);
    },
    async schema(id) {
      if (schemas[id - 1] === undefined)
        throw new SchemaError(`no schema has id ${id}; this registry holds ${schemas.length}`);
      return read(id);
    },
  };
}
