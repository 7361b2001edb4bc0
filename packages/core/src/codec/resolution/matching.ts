import type { AvroNode, Named } from './avro-node.ts';
import { tickRatio } from './logical-type.ts';

/** What the specification lets a type be read as besides itself. */
export const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/** Whether values of a type are ones of the other: as they are, by promotion or conversion, or not. */
export type Match = 'same' | 'promoted' | undefined;

/** How a branch of a writer's schema fits a type of the reader's. Whether their parts do is asked of each value. */
export function matchOf(writer: AvroNode, reader: AvroNode): Match {
  if (isConverted(writer, reader)) return 'same';
  if (writer.kind !== reader.kind)
    return promotions[writer.kind]?.includes(reader.kind) ? 'promoted' : undefined;
  if (!('name' in writer) || !('name' in reader)) return 'same';
  if (writer.kind === 'fixed' && reader.kind === 'fixed' && writer.size !== reader.size)
    return undefined;
  return haveOneName(writer, reader) ? 'same' : undefined;
}

/** Whether two logical types say how values of one are values of the other, whatever lies below. */
function isConverted(writer: AvroNode, reader: AvroNode): boolean {
  const [from, to] = [logicalOf(writer), logicalOf(reader)];
  if (!from || !to) return false;
  if (from.name === 'decimal' && to.name === 'decimal') return from.valid && to.valid;
  return (from.name === 'uuid' && to.name === 'uuid') || tickRatio(from, to) !== undefined;
}

export const logicalOf = (type: AvroNode) => ('logical' in type ? type.logical : undefined);

/** Namespaces do not count: the specification compares unqualified names, and the reader's aliases. */
function haveOneName(writer: Named, reader: Named): boolean {
  const name = unqualified(writer.name);
  return [reader.name, ...reader.aliases].some((each) => unqualified(each) === name);
}

export const unqualified = (name: string) => name.slice(name.lastIndexOf('.') + 1);
