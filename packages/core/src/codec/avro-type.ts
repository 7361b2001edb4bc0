import avsc from 'avsc';
import { SchemaError } from '../errors.ts';
import { DecimalType } from './decimal-type.ts';
import type { RecordSchema } from './define-event.ts';

const compiled = new WeakMap<RecordSchema, avsc.Type>();

/**
 * Compiles an Avro schema so that its values are what `InferAvro` says, and plain data: records are
 * plain objects, `bytes` and `fixed` a Uint8Array of their own, `decimal` a string.
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

/** What avsc's types have and its declarations lack. */
interface TypeNode {
  readonly fields?: readonly { readonly type: TypeNode }[];
  readonly types?: readonly TypeNode[];
  readonly itemsType?: TypeNode;
  readonly valuesType?: TypeNode;
  readonly underlyingType?: TypeNode;
  readonly recordConstructor?: { prototype: object };
}
interface Tap {
  readonly buf: Buffer;
  readLong(): number;
  skipLong(): void;
  readString(): string;
}
interface Reader {
  _read(tap: Tap): unknown;
}
interface Complex {
  readonly type?: unknown;
  readonly logicalType?: unknown;
}

const ownBytes = 'own-bytes';

/** Chooses our own type for byte strings and collections; everything else is avsc's. */
function typeHook(schema: unknown, options: { readonly typeHook?: unknown }) {
  const named = schema === 'bytes' ? { type: 'bytes' } : schema;
  if (typeof named !== 'object' || named === null) return undefined;
  const { type, logicalType } = named as Complex;
  if (type === 'array') return new BoundedArray(named as never, options);
  if (type === 'map') return new BoundedMap(named as never, options);
  const isBytes = type === 'bytes' || type === 'fixed';
  if (!isBytes || logicalType === ownBytes || logicalType === 'decimal') return undefined;
  return new OwnBytes({ ...named, logicalType: ownBytes } as never, options);
}

/** Bytes as a Uint8Array that shares memory with nothing. */
class OwnBytes extends avsc.types.LogicalType {
  protected override _fromValue(bytes: Buffer): Uint8Array {
    return new Uint8Array(bytes);
  }

  protected override _toValue(value: unknown): Buffer | undefined {
    if (!(value instanceof Uint8Array)) return undefined;
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }

  protected override _resolve(writer: unknown): ((value: Uint8Array) => Uint8Array) | undefined {
    const { typeName } = writer as avsc.Type;
    return writer instanceof OwnBytes || typeName === 'bytes'
      ? (value) => new Uint8Array(value)
      : undefined;
  }
}

/** Damaged bytes can claim billions of items; a count that cannot fit ends the read at once. */
function readCount(tap: Tap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.skipLong();
  }
  if (count > tap.buf.length) throw new Error(`${count} items do not fit ${tap.buf.length} bytes`);
  return count;
}

class BoundedArray extends avsc.types.ArrayType {
  _read(tap: Tap): unknown[] {
    const items = this.itemsType as unknown as Reader;
    const values: unknown[] = [];
    for (let count = readCount(tap); count > 0; count = readCount(tap))
      while (count-- > 0) values.push(items._read(tap));
    return values;
  }
}

class BoundedMap extends avsc.types.MapType {
  _read(tap: Tap): Record<string, unknown> {
    // Declared `any` by avsc; a resolver has it as well.
    const values = this.valuesType as Reader;
    const map: Record<string, unknown> = {};
    for (let count = readCount(tap); count > 0; count = readCount(tap)) {
      while (count-- > 0) {
        const key = tap.readString();
        map[key] = values._read(tap);
      }
    }
    return map;
  }
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
