import type { SchemaRegistry } from '@streamify/core';
import type { Namespace } from '../client/namespace.ts';

/** A registry whose subjects are those of a namespace. */
export function namespacedRegistry(
  registry: SchemaRegistry,
  { inKafka }: Namespace,
): SchemaRegistry {
  return {
    register: (subject, schema) => registry.register(inKafka(subject), schema),
    newest: (subject, schema) => registry.newest(inKafka(subject), schema),
    schema: (id) => registry.schema(id),
  };
}
