import type { RecordSchema } from '../contract/event-type.ts';

/** A type inside a schema, with every reference resolved as far as its name. */
interface Node {
  readonly kind: string;
  readonly name?: string;
  readonly aliases?: readonly string[];
  readonly fields?: readonly FieldOf[];
  readonly symbols?: readonly string[];
  readonly items?: unknown;
  readonly values?: unknown;
  readonly size?: number;
  readonly scale?: number;
  readonly logicalType?: string;
  readonly branches?: readonly unknown[];
  readonly default?: unknown;
}

interface FieldOf {
  readonly name: string;
  readonly type: unknown;
  readonly aliases?: readonly string[];
}

/** Types that a reader takes of a writer's others. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  long: ['int'],
  float: ['int', 'long'],
  double: ['int', 'long', 'float'],
  string: ['bytes'],
  bytes: ['string'],
};

/**
 * Says why what was written with one schema cannot be read with another, and what to do; `undefined` when all of
 * it can. Avro's rules of schema resolution, for every value: a union that lost a branch is a conflict.
 *
 * Source: Apache Avro 1.12 specification, schema resolution.
 */
export function schemaConflict(reader: RecordSchema, writer: RecordSchema): string | undefined {
  return new Comparison(reader, writer).conflict('', reader, writer);
}

class Comparison {
  readonly #named: readonly [ReadonlyMap<string, unknown>, ReadonlyMap<string, unknown>];
  /** Pairs of records that are being compared: records may hold themselves. */
  readonly #under = new Set<string>();

  constructor(reader: RecordSchema, writer: RecordSchema) {
    this.#named = [namedTypes(reader), namedTypes(writer)];
  }

  conflict(path: string, reader: unknown, writer: unknown): string | undefined {
    const [now, before] = [nodeOf(reader, this.#named[0]), nodeOf(writer, this.#named[1])];
    if (before.branches) return this.#eachBranch(path, now, reader, before.branches);
    if (now.branches) {
      if (now.branches.some((branch) => !this.conflict(path, branch, writer))) return undefined;
      return changed(path, before, now);
    }
    if (now.kind !== before.kind)
      return promotions[now.kind]?.includes(before.kind) ? undefined : changed(path, before, now);
    switch (now.kind) {
      case 'record':
        return this.#record(path, now, before);
      case 'enum':
        return enumConflict(path, now, before);
      case 'array':
        return this.conflict(`${path}[]`, now.items, before.items);
      case 'map':
        return this.conflict(`${path}{}`, now.values, before.values);
      default:
        return isSame(now, before) ? undefined : changed(path, before, now);
    }
  }

  #eachBranch(
    path: string,
    now: Node,
    reader: unknown,
    branches: readonly unknown[],
  ): string | undefined {
    for (const branch of branches) {
      if (this.conflict(path, reader, branch) === undefined) continue;
      const { kind } = nodeOf(branch, this.#named[1]);
      if (kind === 'null')
        return `${name(path)} could be null, and no longer can: let it be null, as before`;
      return now.branches
        ? `${name(path)} could be ${kind}, and no longer can: put ${kind} back into its union`
        : this.conflict(path, reader, branch);
    }
    return undefined;
  }

  #record(path: string, now: Node, before: Node): string | undefined {
    if (!isNamedAs(now, before.name))
      return `${path === '' ? 'the record' : name(path)} was ${before.name}, and is ${now.name}: keep the name, or give the old one as an alias`;
    const pair = `${now.name} ${before.name}`;
    if (this.#under.has(pair)) return undefined;
    this.#under.add(pair);
    const conflict = this.#fields(path, now, before);
    this.#under.delete(pair);
    return conflict;
  }

  #fields(path: string, now: Node, before: Node): string | undefined {
    for (const field of now.fields ?? []) {
      const at = path === '' ? field.name : `${path}.${field.name}`;
      const old = before.fields?.find((each) => isNamedAs(field, each.name));
      const conflict = old
        ? this.conflict(at, field.type, old.type)
        : missing(at, field, nodeOf(field.type, this.#named[0]));
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  }
}

function missing(path: string, field: FieldOf, { branches }: Node): string | undefined {
  if ('default' in field) return undefined;
  const given = branches?.[0] === 'null' ? 'give it default: null' : 'give it a default';
  return `${name(path)} is new, and has no default: ${given}`;
}

function enumConflict(path: string, now: Node, before: Node): string | undefined {
  const gone = before.symbols?.find((symbol) => !now.symbols?.includes(symbol));
  if (gone === undefined || now.default !== undefined) return undefined;
  return `${name(path)} no longer has the symbol ${gone}: put it back, or give the enum a default`;
}

function isSame(now: Node, before: Node): boolean {
  if (now.size !== before.size) return false;
  if (now.logicalType === undefined || before.logicalType === undefined) return true;
  return now.logicalType === before.logicalType && now.scale === before.scale;
}

function changed(path: string, before: Node, now: Node): string {
  return `${name(path)} was ${shown(before)}, and is ${shown(now)}: keep its type, or add another field`;
}

function shown({ kind, logicalType, size, scale, branches }: Node): string {
  if (branches) return `a union of ${branches.map((each) => shown(nodeOf(each))).join(', ')}`;
  const details = [size && `size ${size}`, logicalType, scale !== undefined && `scale ${scale}`];
  const some = details.filter(Boolean).join(' ');
  return some === '' ? kind : `${kind} (${some})`;
}

function name(path: string): string {
  return `field ${path}`;
}

/** Whether a type or field has this name, or had it. Names of types are compared without their namespaces. */
function isNamedAs(
  { name: own = '', aliases = [] }: { name?: string; aliases?: readonly string[] },
  other = '',
): boolean {
  return [own, ...aliases].some((each) => unqualified(each) === unqualified(other));
}

function unqualified(text: string): string {
  return text.slice(text.lastIndexOf('.') + 1);
}

/** The type that a part of a schema stands for. */
function nodeOf(type: unknown, named: ReadonlyMap<string, unknown> = new Map()): Node {
  if (Array.isArray(type)) return { kind: 'union', branches: type };
  if (typeof type === 'string') {
    const known = named.get(unqualified(type));
    return known === undefined ? { kind: type } : nodeOf(known, named);
  }
  const complex = type as { readonly type: unknown } & Omit<Node, 'kind'>;
  if (typeof complex.type !== 'string') return nodeOf(complex.type, named);
  const { type: kind, ...rest } = complex;
  return named.has(unqualified(kind)) ? nodeOf(kind, named) : { ...rest, kind };
}

/** The records, enums and fixed types in a schema by name. */
function namedTypes(schema: unknown, found = new Map<string, unknown>()): Map<string, unknown> {
  if (Array.isArray(schema)) for (const branch of schema) namedTypes(branch, found);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return found;
  const { type, name: own, fields, items, values } = schema as Record<string, unknown>;
  if (typeof own === 'string' && ['record', 'enum', 'fixed'].includes(String(type)))
    found.set(unqualified(own), schema);
  if (Array.isArray(fields)) for (const field of fields) namedTypes((field as FieldOf).type, found);
  for (const inner of [type, items, values]) namedTypes(inner, found);
  return found;
}
