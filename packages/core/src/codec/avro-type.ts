import avsc from 'avsc';
import { SchemaError } from '../contract/errors.ts';
import type { Longs, RecordSchema } from '../contract/event-type.ts';
import { BigLongType } from './big-long-type.ts';
import { BoundedArrayType, BoundedMapType } from './bounded-types.ts';
import { DecimalType } from './decimal-type.ts';
import { FiniteFloatType } from './finite-float-type.ts';
import { OwnBytesType } from './own-bytes-type.ts';
import { SafeLongType } from './safe-long-type.ts';
import { UuidType } from './uuid-type.ts';
import { WellFormedStringType } from './well-formed-string-type.ts';

const compiled: Readonly<Record<Longs, WeakMap<RecordSchema, avsc.Type>>> = {
  number: new WeakMap(),
  bigint: new WeakMap(),
};

/**
 * Compiles an Avro schema so that its values are what `InferAvro` says, and plain data: records are
 * plain objects, `bytes` and `fixed` a Uint8Array of their own, `decimal` and `uuid` a string, `long` a
 * safe integer or, by choice, a bigint. A logical type on a type that cannot have it is ignored.
 *
 * @throws SchemaError when the schema is not valid Avro or has a union whose branches no value tells apart.
 */
export function avroType(schema: RecordSchema, longs: Longs = 'number'): avsc.Type {
  let type = compiled[longs].get(schema);
  if (!type) {
    type = compile(schema, longs);
    compiled[longs].set(schema, type);
  }
  return type;
}

function compile(schema: RecordSchema, longs: Longs): avsc.Type {
  try {
    const type = avsc.Type.forSchema(schema as never, {
      wrapUnions: 'never',
      omitRecordMethods: true,
      assertLogicalTypes: true,
      logicalTypes: { decimal: DecimalType as never },
      typeHook: typeHooks[longs] as never,
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
  readonly fields?: readonly { readonly name: string; readonly type: TypeNode }[];
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
const bigLong = new BigLongType();
const finiteFloat = new FiniteFloatType();
const wellFormedString = new WellFormedStringType();
const ownBytes = 'own-bytes';
const ownUuid = 'own-uuid';
/** What a type has been given its class by already, when avsc asks for the type below. */
const owned: ReadonlySet<unknown> = new Set([ownBytes, ownUuid, 'decimal']);

type Options = { readonly typeHook?: unknown };

const typeHooks: Readonly<Record<Longs, (schema: unknown, options: Options) => unknown>> = {
  number: (schema, options) => ownType(schema, options, safeLong),
  bigint: (schema, options) => ownType(schema, options, bigLong),
};

/** Chooses our own type where avsc's would give a Buffer, lose a sign, a key or half a text, or trust a damaged count. */
function ownType(schema: unknown, options: Options, long: SafeLongType | BigLongType) {
  const complex = typeof schema === 'string' ? { type: schema } : schema;
  if (typeof complex !== 'object' || complex === null) return undefined;
  const { type, logicalType, size } = complex as Complex;
  if (type === 'long') return isNumericTime(logicalType) ? safeLong : long;
  if (type === 'float') return finiteFloat;
  if (type === 'string') return wellFormedString;
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

/** Whether a long is a number in every event: a time, which a number holds for any year that people deal with. */
function isNumericTime(logicalType: unknown): boolean {
  return (
    typeof logicalType === 'string' && /^(local-)?time(stamp)?-(millis|micros)$/.test(logicalType)
  );
}

/** Gives decoded records the prototype of an object literal; they decode as fast. */
function makeRecordsPlain(type: TypeNode, seen: Set<TypeNode>): void {
  if (seen.has(type)) return;
  seen.add(type);
  const { recordConstructor, fields = [], types = [] } = type;
  if (fields.some(({ name }) => name === '__proto__'))
    throw new Error('a field called __proto__ cannot be one of an object: give it another name');
  if (recordConstructor) recordConstructor.prototype = Object.prototype;
  const { itemsType, valuesType, underlyingType } = type;
  const inner = [itemsType, valuesType, underlyingType, ...types, ...fields.map((f) => f.type)];
  for (const next of inner) if (next) makeRecordsPlain(next, seen);
}
