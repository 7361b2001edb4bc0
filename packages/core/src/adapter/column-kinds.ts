import type { AvroNode, LeafNode } from '../codec/resolution/avro-node.ts';

/** The type of a column: an Avro primitive or logical type, or `json` for anything nested. */
export type ColumnType =
  | 'boolean'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'bytes'
  | 'decimal'
  | 'uuid'
  | 'date'
  | 'time-millis'
  | 'time-micros'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'timestamp-nanos'
  | 'json';

/** What a column holds. */
export interface ColumnKind {
  readonly type: ColumnType;
  /** Digits of a `decimal` in all. */
  readonly precision?: number;
  /** Digits of a `decimal` behind its point. */
  readonly scale?: number;
}

/** Tells what a column holds that a type of a schema gives. */
export function columnKind(type: AvroNode): ColumnKind {
  switch (type.kind) {
    case 'enum':
      return { type: 'string' };
    case 'fixed':
      return logicalKind(type) ?? { type: 'bytes' };
    case 'null':
    case 'record':
    case 'array':
    case 'map':
    case 'union':
      return { type: 'json' };
    default:
      return logicalKind(type) ?? { type: type.kind };
  }
}

/** What a logical type makes of a column; `undefined` where there is none that a column can have. */
function logicalKind({ logical }: LeafNode): ColumnKind | undefined {
  if (logical === undefined) return undefined;
  if (logical.name !== 'decimal') {
    const type = logicalColumns[logical.name];
    return type && { type };
  }
  const { precision, scale, valid } = logical;
  return valid && precision > 0 ? { type: 'decimal', precision, scale } : undefined;
}

/** A local time is stored as any other, and keeps its meaning by its column's name only. */
const logicalColumns: Readonly<Record<string, ColumnType>> = {
  uuid: 'uuid',
  date: 'date',
  'time-millis': 'time-millis',
  'time-micros': 'time-micros',
  'timestamp-millis': 'timestamp-millis',
  'timestamp-micros': 'timestamp-micros',
  'timestamp-nanos': 'timestamp-nanos',
  'local-timestamp-millis': 'timestamp-millis',
  'local-timestamp-micros': 'timestamp-micros',
  'local-timestamp-nanos': 'timestamp-nanos',
};
