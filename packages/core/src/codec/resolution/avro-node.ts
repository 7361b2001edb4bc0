import type { LogicalType } from './logical-type.ts';

/** A schema, parsed: names are full, and a reference is the type that it names. */
export type AvroNode = LeafNode | EnumNode | RecordNode | ArrayNode | MapNode | UnionNode;

/** A type whose values have no parts. */
export type LeafNode = PrimitiveNode | FixedNode;

export const primitiveKinds = [
  ...(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const),
];

export interface PrimitiveNode extends MayBeLogical {
  readonly kind: (typeof primitiveKinds)[number];
}

export interface FixedNode extends Named, MayBeLogical {
  readonly kind: 'fixed';
  readonly size: number;
}

export interface EnumNode extends Named {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  /** What a symbol that the enum has not is read as. */
  readonly fallback: string | undefined;
}

export interface RecordNode extends Named {
  readonly kind: 'record';
  readonly fields: readonly FieldNode[];
}

export interface FieldNode {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroNode;
  readonly hasDefault: boolean;
}

export interface ArrayNode {
  readonly kind: 'array';
  readonly items: AvroNode;
}

export interface MapNode {
  readonly kind: 'map';
  readonly values: AvroNode;
}

export interface UnionNode {
  readonly kind: 'union';
  readonly branches: readonly AvroNode[];
}

export interface Named {
  readonly name: string;
  readonly aliases: readonly string[];
}

interface MayBeLogical {
  readonly logical?: LogicalType | undefined;
}
