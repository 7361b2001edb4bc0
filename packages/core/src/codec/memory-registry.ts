import { SchemaError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import type { SchemaRegistry } from '../contract/schema-registry.ts';
import { canonicalSchema } from './canonical-schema.ts';

/** Keeps schemas in memory: for tests, and for a log that lives no longer than its process. */
export function memoryRegistry(): SchemaRegistry {
  const ids = new Map<string, number>();
  const schemas: string[] = [];
  return {
    async register(_subject, schema) {
      const canonical = canonicalSchema(schema);
      const known = ids.get(canonical);
      if (known !== undefined) return known;
      const id = schemas.push(JSON.stringify(schema));
      ids.set(canonical, id);
      return id;
    },
    async schema(id) {
      const schema = schemas[id - 1];
      if (schema === undefined)
        throw new SchemaError(`no schema has id ${id}; this registry holds ${schemas.length}`);
      return JSON.parse(schema) as RecordSchema;
    },
  };
}
