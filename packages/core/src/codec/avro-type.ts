import avsc from 'avsc';
import { SchemaError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';
import { BoundedArrayType, BoundedMapType } from './bounded-types.ts';
import { DecimalType } from './decimal-type.ts';
import { OwnBytesType } from './own-bytes-type.ts';
import { SafeLongType } from './safe-long-type.ts';
import { UuidType } from './uuid-type.ts';

const compiled = new WeakMap<RecordSchema, avsc.Type>();

/**
 * Compiles an Avro schema so that its values are what `InferAvro` says, and plain data: records are
 * plain objects, `bytes` and `fixed` a Uint8Array of their own, `decimal` and `uuid` a string, `long` a
 * safe integer. A logical type on a type that cannot have it is ignored.
 *
 * @throws SchemaError when the schema is not valid Avro or has a union whose branches no value tells apart.
 */
export function avroType(schema: RecordSchema): avsc.Type {
  let type = compiled.get(schema);
  if (!type) {
    type = compile(schema);
    compiled.set(schema, type);
  }
  return type;
}

function compile(schema: RecordSchema): avsc.Type {
  try {
    const type = avsc.Type.forSchema(schema as never, {
      wrapUnions: 'never',
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
  readonly size?: unknown;
}

const safeLong = new SafeLongType();
const ownBytes = 'own-bytes';
const ownUuid = 'own-uuid';
/** What a type has been given its class by already, when avsc asks for the type below. */
const owned: ReadonlySet<unknown> = new Set([ownBytes, ownUuid, 'decimal']);

/** Chooses our own type where avsc's would give a Buffer, lose a sign or trust a damaged count. */
function typeHook(schema: unknown, options: { readonly typeHook?: unknown }) {
  const complex = typeof schema === 'string' ? { type: schema } : schema;
  if (typeof complex !== 'object' || complex === null) return undefined;
  const { type, logicalType, size } = complex as Complex;
  if (type === 'long') return safeLong;
  if (type === 'array') return new BoundedArrayType(complex as never, options);
  if (type === 'map') return new BoundedMapType(complex as never, options);
  const isBytes = type === 'bytes' || type === 'fixed';
  if (!isBytes && logicalType === 'decimal')
    return avsc.Type.forSchema({ ...complex, logicalType: undefined } as never, options as never);
  if (!isBytes || owned.has(logicalType)) return undefined;
  if (type === 'fixed' && logicalType === 'uuid' && size === 16)
    return new UuidType({ ...complex, logicalType: ownUuid } as never, options);
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
