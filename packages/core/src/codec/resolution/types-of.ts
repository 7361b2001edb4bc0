import type avsc from 'avsc';
import type { AvroNode } from './avro-node.ts';
import type { OwnReader } from './resolution.ts';

type Types = Map<AvroNode, OwnReader>;

/** Members of avsc's types that its declarations lack. */
interface Parts {
  readonly fields: readonly { readonly type: avsc.Type }[];
  readonly types: readonly avsc.Type[];
  readonly itemsType: avsc.Type;
  readonly valuesType: avsc.Type;
}

/** Each type of a schema with what avsc has compiled of it. */
export function typesOf(schema: AvroNode, avro: avsc.Type, types: Types = new Map()): Types {
  if (types.has(schema)) return types;
  const compiled = avro as avsc.Type & Parts & OwnReader;
  types.set(schema, compiled);
  if (schema.kind === 'array') typesOf(schema.items, compiled.itemsType, types);
  if (schema.kind === 'map') typesOf(schema.values, compiled.valuesType, types);
  if (schema.kind === 'union')
    for (const [i, branch] of schema.branches.entries())
      typesOf(branch, compiled.types[i] as avsc.Type, types);
  if (schema.kind === 'record')
    for (const [i, { type }] of schema.fields.entries())
      typesOf(type, compiled.fields[i]?.type as avsc.Type, types);
  return types;
}
