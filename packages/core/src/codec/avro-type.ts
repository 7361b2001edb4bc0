import avsc from 'avsc';
import { SchemaError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { BoundedArrayType, BoundedMapType } from './bounded-types.ts';
import { DecimalType } from './decimal-type.ts';
import { OwnBytesType } from './own-bytes-type.ts';
import { SafeLongType } from './safe-long-type.ts';

const compiled = new WeakMap<RecordSchema, avsc.Type>();

/**
 * Compiles an Avro schema so that its values are what `InferAvro` says, and plain data: records are
 * plain objects, `bytes` and `fixed` a Uint8Array of their own, `decimal` a string, `long` a safe integer.
 *
 * @throws SchemaError when the schema is not valid Avro or has a union whose branches no value tells apart.
 */
export function avroType(schema: RecordSchema): avsc.Type {
  let type = compiled.get(schema);
  if (!type) {
    type = compile(schema, 'never');
    compiled.set(schema, type);
  }
  return type;
}

/** Compiles a schema only to read what was written with it: any valid union will do. */
export function writerType(schema: RecordSchema): avsc.Type {
  return compile(schema, 'auto');
}

function compile(schema: RecordSchema, wrapUnions: 'never' | 'auto'): avsc.Type {
  try {
    const type = avsc.Type.forSchema(schema as never, {
      wrapUnions,
      omitRecordMethods: true,
      assertLogicalTypes: true,
      logicalTypes: { decimal: DecimalType as never },
      typeHook: typeHook as never,
    });
    makeRecordsPlain(type as TypeNode, new Set());
    return type;
  } catch (cause) {
    throw new SchemaError(`schema ${schema.name} is not valid: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Members of avsc's types that its declarations lack. */
interface TypeNode {
  readonly fields?: readonly { readonly type: TypeNode }[];
  readonly types?: readonly TypeNode[];
  readonly itemsType?: TypeNode;
  readonly valuesType?: TypeNode;
  readonly underlyingType?: TypeNode;
  readonly recordConstructor?: { prototype: object };
}
interface Complex {
  readonly type?: unknown;
  readonly logicalType?: unknown;
}

const safeLong = new SafeLongType();
const ownBytes = 'own-bytes';

/** Chooses our own type where avsc's would give a Buffer, lose a sign or trust a damaged count. */
function typeHook(schema: unknown, options: { readonly typeHook?: unknown }) {
  const complex = typeof schema === 'string' ? { type: schema } : schema;
  if (typeof complex !== 'object' || complex === null) return undefined;
  const { type, logicalType } = complex as Complex;
  if (type === 'long') return safeLong;
  if (type === 'array') return new BoundedArrayType(complex as never, options);
  if (type === 'map') return new BoundedMapType(complex as never, options);
  const isBytes = type === 'bytes' || type === 'fixed';
  if (!isBytes || logicalType === ownBytes || logicalType === 'decimal') return undefined;
  return new OwnBytesType({ ...complex, logicalType: ownBytes } as never, options);
}

/** Gives decoded records the prototype of an object literal; they decode as fast. */
function makeRecordsPlain(type: TypeNode, seen: Set<TypeNode>): void {
  if (seen.has(type)) return;
  seen.add(type);
  const { recordConstructor, fields = [], types = [] } = type;
  if (recordConstructor) recordConstructor.prototype = Object.prototype;
  const { itemsType, valuesType, underlyingType } = type;
  const inner = [itemsType, valuesType, underlyingType, ...types, ...fields.map((f) => f.type)];
  for (const next of inner) if (next) makeRecordsPlain(next, seen);
}
