import type { Longs, RecordSchema } from '../contract/event-type.ts';
import { Misfit, misfit } from './json-misfit.ts';
import { readBase64, readDate, readDecimal, readTimestamp, readUuid } from './json-text-values.ts';
import { logicalTypeOf } from './resolution/logical-type.ts';

/** Makes a value of what JSON gave. Throws a {@link Misfit}. */
export type ReadJson = (json: unknown) => unknown;

/** The schema of a type inside a record, as JSON. */
interface Schema {
  readonly type?: unknown;
  readonly logicalType?: unknown;
  readonly name?: string;
  readonly namespace?: string;
  readonly fields?: readonly Field[];
  readonly symbols?: readonly string[];
  readonly default?: unknown;
  readonly items?: unknown;
  readonly values?: unknown;
  readonly size?: number;
  readonly precision?: number;
  readonly scale?: number;
}

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
}

/** Named types that have been met, so that they can be referred to, and refer to themselves; and what a long is. */
interface Names {
  readonly types: Map<string, Named>;
  readonly longs: Longs;
}

interface Named {
  readonly schema: Schema;
  read: ReadJson;
}

/** Compiles a schema into what reads its values from parsed JSON. */
export function jsonType(schema: RecordSchema, longs: Longs = 'number'): ReadJson {
  return compile(schema, { types: new Map(), longs });
}

function compile(type: unknown, names: Names): ReadJson {
  if (Array.isArray(type)) return union(type, names);
  if (typeof type === 'string') return primitive(type, names) ?? reference(type, names);
  const schema = type as Schema;
  const read = logical[logicalName(schema)]?.(schema);
  if (read) return schema.type === 'fixed' ? named(schema, names, () => read) : read;
  switch (schema.type) {
    case 'record':
    case 'error':
      return named(schema, names, () => record(schema.fields ?? [], names));
    case 'enum':
      return named(schema, names, () => enumeration(schema));
    case 'fixed':
      return named(schema, names, () => (json) => readBase64(json, schema.size));
    case 'array':
      return array(compile(schema.items, names));
    case 'map':
      return map(compile(schema.values, names));
    default:
      return compile(schema.type, names);
  }
}

/** The logical type of a schema, unless its type cannot have it: then it is ignored. */
const logicalName = (schema: Schema): string =>
  logicalTypeOf(String(schema.type), { ...schema })?.name ?? '';

/** Compiles a named type once it can be referred to. */
function named(schema: Schema, names: Names, make: () => ReadJson): ReadJson {
  const own: Named = { schema, read: (json) => json };
  const { name = '', namespace } = schema;
  for (const each of [name, name.slice(name.lastIndexOf('.') + 1), `${namespace}.${name}`])
    if (!names.types.has(each)) names.types.set(each, own);
  own.read = make();
  return own.read;
}

function reference(name: string, names: Names): ReadJson {
  const found = names.types.get(name) ?? names.types.get(name.slice(name.lastIndexOf('.') + 1));
  if (!found) throw new Misfit(`refers to an unknown type ${name}`);
  return (json) => found.read(json);
}

const whole = (least: number, most: number, expected: string) => (json: unknown) => {
  const value = isDigits(json) ? Number(json) : json;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    // No Avro number of its own is -0.
    return (value as number) + 0;
  throw misfit(json, expected);
};
const float = (round: (value: number) => number, expected: string) => (json: unknown) => {
  if (typeof json === 'number') return round(json);
  if (json === 'NaN' || json === 'Infinity' || json === '-Infinity') return Number(json);
  throw misfit(json, expected);
};
const long = whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'long');

function text(json: unknown): string {
  if (typeof json === 'string') return json;
  throw misfit(json, 'string');
}

const bigLong = (json: unknown) => {
  // A number beyond 2^53 has lost its last digits by now.
  const isExact = typeof json === 'number' ? Number.isSafeInteger(json) : isDigits(json);
  const value = isExact ? BigInt(json as number | string) : undefined;
  if (value !== undefined && BigInt.asIntN(64, value) === value) return value;
  throw misfit(json, 'long, as text where it is beyond 2^53');
};

function isDigits(json: unknown): boolean {
  return typeof json === 'string' && /^-?\d{1,19}$/.test(json);
}

function primitive(type: string, { longs }: Names): ReadJson | undefined {
  return type === 'long' && longs === 'bigint' ? bigLong : primitives[type];
}

const primitives: Readonly<Record<string, ReadJson>> = {
  null(json) {
    if (json === null) return null;
    throw misfit(json, 'null');
  },
  boolean(json) {
    if (typeof json === 'boolean') return json;
    throw misfit(json, 'boolean');
  },
  int: whole(-(2 ** 31), 2 ** 31 - 1, 'int'),
  long,
  float: float(Math.fround, 'float'),
  double: float((value) => value, 'double'),
  bytes: (json) => readBase64(json),
  string: text,
};

const logical: Readonly<Record<string, (schema: Schema) => ReadJson>> = {
  'timestamp-millis': () => (json) => readTimestamp(json, 3) ?? long(json),
  'timestamp-micros': () => (json) => readTimestamp(json, 6) ?? long(json),
  date: () => (json) => readDate(json) ?? primitives['int']?.(json),
  decimal:
    ({ precision = 0, scale = 0 }) =>
    (json) =>
      readDecimal(json, precision, scale),
  uuid: ({ type }) => (type === 'fixed' ? readUuid : text),
};

function enumeration({ name, symbols = [], default: fallback }: Schema): ReadJson {
  const known = new Set<unknown>(symbols);
  return (json) => {
    if (known.has(json)) return json;
    if (typeof json === 'string' && fallback !== undefined) return fallback;
    throw misfit(json, `a symbol of ${name}`);
  };
}

function array(read: ReadJson): ReadJson {
  return (json) => {
    if (!Array.isArray(json)) throw misfit(json, 'array');
    return json.map((item, i) => {
      try {
        return read(item);
      } catch (cause) {
        throw cause instanceof Misfit ? cause.inside(i) : cause;
      }
    });
  };
}

function map(read: ReadJson): ReadJson {
  return (json) => {
    if (!isObject(json)) throw misfit(json, 'map');
    const entries = Object.entries(json).map(([key, value]): [string, unknown] => {
      try {
        return [key, read(value)];
      } catch (cause) {
        throw cause instanceof Misfit ? cause.inside(key) : cause;
      }
    });
    // A key may be called __proto__.
    return Object.fromEntries(entries);
  };
}

function record(fields: readonly Field[], names: Names): ReadJson {
  const readers = fields.map((field) => ({
    name: field.name,
    read: compile(field.type, names),
    absent: absentValue(field),
  }));
  return (json) => {
    if (!isObject(json)) throw misfit(json, 'record');
    const value: Record<string, unknown> = {};
    for (const { name, read, absent } of readers) {
      const given = Object.hasOwn(json, name) ? json[name] : absent;
      try {
        value[name] = read(given);
      } catch (cause) {
        throw cause instanceof Misfit ? cause.inside(name) : cause;
      }
    }
    return value;
  };
}

/** What stands in for a field that JSON leaves out, as JSON. */
function absentValue({ type, default: fallback }: Field): unknown {
  if (fallback !== undefined) return fallback;
  const branches = Array.isArray(type) ? (type as readonly unknown[]) : [type];
  return branches.includes('null') ? null : undefined;
}

/** The kinds of JSON that a branch of a union is written as, the usual one first. */
function kindsOf(type: unknown, names: Names): readonly string[] {
  const schema: Schema = typeof type === 'string' ? { type } : (type as Schema);
  const refers = typeof schema.type === 'string' ? names.types.get(schema.type)?.schema : undefined;
  if (refers) return kindsOf(refers, names);
  const logicalType = logicalName(schema);
  if (logicalType === 'decimal') return ['string', 'number'];
  if (logicalType === 'uuid') return ['string'];
  const kinds = kindsOfType[String(schema.type)];
  const isTime = /^(timestamp|date)/.test(logicalType);
  return isTime ? ['number', 'string'] : (kinds ?? kindsOf(schema.type, names));
}

const kindsOfType: Readonly<Record<string, readonly string[]>> = {
  null: ['null'],
  boolean: ['boolean'],
  int: ['number'],
  long: ['number', 'string'],
  float: ['number', 'string'],
  double: ['number', 'string'],
  string: ['string'],
  enum: ['string'],
  bytes: ['', 'string'],
  fixed: ['', 'string'],
  array: ['array'],
  map: ['object'],
  record: ['object'],
};

function union(types: readonly unknown[], names: Names): ReadJson {
  const branches = types.map((type) => {
    const read = compile(type, names);
    return { name: nameOf(type), read, kinds: kindsOf(type, names) };
  });
  const byKind = new Map<string, ReadJson>();
  for (const rank of [0, 1])
    for (const { kinds, read } of branches) {
      const kind = kinds[rank];
      if (kind && !byKind.has(kind)) byKind.set(kind, read);
    }
  const byName = new Map(branches.map(({ name, read }) => [name, read]));
  const expected = branches.map(({ name }) => name).join(' or ');
  const mayBeTagged = !byKind.has('object');
  return (json) => {
    const read = byKind.get(kindOf(json));
    if (read) return read(json);
    if (mayBeTagged && isObject(json)) {
      const [[tag, inner] = [], ...others] = Object.entries(json);
      const tagged = byName.get(tag ?? '');
      if (tagged && others.length === 0) return tagged(inner);
    }
    throw misfit(json, expected);
  };
}

function nameOf(type: unknown): string {
  if (typeof type === 'string') return type;
  const { name, type: inner } = type as Schema;
  return name ?? nameOf(inner);
}

function kindOf(json: unknown): string {
  if (json === null) return 'null';
  return Array.isArray(json) ? 'array' : typeof json;
}

function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
