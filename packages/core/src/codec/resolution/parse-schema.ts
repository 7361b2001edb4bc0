import { SchemaError } from '../../contract/errors.ts';
import {
  type AvroNode,
  type FieldNode,
  type Named,
  type PrimitiveNode,
  primitiveKinds,
} from './avro-node.ts';
import { logicalTypeOf } from './logical-type.ts';

type Complex = Readonly<Record<string, unknown>>;

/** The named types so far, and the namespace of what stands around. */
interface Scope {
  readonly names: Map<string, AvroNode>;
  readonly namespace: string;
}

/**
 * Parses a schema that others may have written. What does not matter to who reads (defaults' values,
 * logical types that do not fit, unknown attributes) is no fault.
 *
 * @throws SchemaError when it is not Avro.
 */
export function parseSchema(schema: unknown): AvroNode {
  return parse(schema, { names: new Map(), namespace: '' });
}

function parse(schema: unknown, scope: Scope): AvroNode {
  if (typeof schema === 'string')
    return isPrimitive(schema) ? { kind: schema } : named(schema, scope);
  if (Array.isArray(schema))
    return { kind: 'union', branches: schema.map((branch) => parse(branch, scope)) };
  if (typeof schema !== 'object' || schema === null) throw notAvro(`${String(schema)} is no type`);
  const complex = schema as Complex;
  const { type } = complex;
  if (typeof type !== 'string') return parse(type, scope);
  if (isPrimitive(type)) return { kind: type, logical: logicalTypeOf(type, complex) };
  if (type === 'array') return { kind: 'array', items: parse(complex['items'], scope) };
  if (type === 'map') return { kind: 'map', values: parse(complex['values'], scope) };
  const define = definitions[type];
  return define ? define(complex, scope) : named(type, scope);
}

const isPrimitive = (name: string): name is PrimitiveNode['kind'] =>
  (primitiveKinds as readonly string[]).includes(name);

/** A reference belongs to the namespace around it; some writers leave it out nevertheless. */
function named(name: string, { names, namespace }: Scope): AvroNode {
  const type = names.get(qualified(name, namespace)) ?? names.get(name);
  if (!type) throw notAvro(`it names a type ${name} and does not define it`);
  return type;
}

const definitions: Readonly<Record<string, (schema: Complex, scope: Scope) => AvroNode>> = {
  record: parseRecord,
  error: parseRecord,
  enum: (schema, scope) => {
    const { symbols, default: fallback } = schema;
    const { named } = nameOf(schema, scope);
    if (!isTexts(symbols)) throw notAvro(`enum ${named.name} has no array of symbols`);
    const known = typeof fallback === 'string' && symbols.includes(fallback);
    return define(scope, {
      ...named,
      kind: 'enum',
      symbols,
      fallback: known ? fallback : undefined,
    });
  },
  fixed: (schema, scope) => {
    const { named } = nameOf(schema, scope);
    const size = schema['size'] as number;
    if (!Number.isSafeInteger(size) || size < 0)
      throw notAvro(`the size of fixed ${named.name} is ${String(size)}`);
    return define(scope, {
      ...named,
      kind: 'fixed',
      size,
      logical: logicalTypeOf('fixed', schema),
    });
  },
};

function parseRecord(schema: Complex, scope: Scope): AvroNode {
  const { named, namespace } = nameOf(schema, scope);
  const fields: FieldNode[] = [];
  // Defined before its fields, which may refer to it.
  const record = define(scope, { ...named, kind: 'record', fields });
  if (!Array.isArray(schema['fields']))
    throw notAvro(`record ${named.name} has no array of fields`);
  for (const field of schema['fields'] as readonly (Complex | null)[]) {
    const { name, type, aliases } = field ?? {};
    if (typeof name !== 'string') throw notAvro(`a field of record ${named.name} has no name`);
    fields.push({
      name,
      aliases: isTexts(aliases) ? aliases : [],
      type: parse(type, { ...scope, namespace }),
      hasDefault: field?.['default'] !== undefined,
    });
  }
  return record;
}

function nameOf(schema: Complex, scope: Scope): { named: Named; namespace: string } {
  const { name, namespace = scope.namespace, aliases } = schema;
  if (typeof name !== 'string' || typeof namespace !== 'string')
    throw notAvro(`a ${String(schema['type'])} has no name`);
  const full = qualified(name, namespace);
  return {
    named: { name: full, aliases: isTexts(aliases) ? aliases : [] },
    namespace: full.slice(0, Math.max(0, full.lastIndexOf('.'))),
  };
}

function define<T extends AvroNode & Named>({ names }: Scope, type: T): T {
  names.set(type.name, type);
  return type;
}

const qualified = (name: string, namespace: string) =>
  name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const notAvro = (fact: string) => new SchemaError(fact);
