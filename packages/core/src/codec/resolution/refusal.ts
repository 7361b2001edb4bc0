import type { AvroReader } from '../avro-tap.ts';
import type { AvroNode } from './avro-node.ts';
import { logicalOf, promotions, unqualified } from './matching.ts';

/** Reads nothing: whatever value is met there is refused. */
export function refusing(refusal: string): AvroReader {
  return {
    refusal,
    _read() {
      throw new Error(refusal);
    },
  };
}

/** Why values of one type are none of the other, and what would make them so. */
export function mismatch(place: string, writer: AvroNode, reader: AvroNode): string {
  const [was, is] = [shown(writer), shown(reader)];
  if ('name' in writer && 'name' in reader && writer.kind === reader.kind) {
    if (writer.kind === 'fixed' && reader.kind === 'fixed' && writer.size !== reader.size)
      return `${place} was written as ${was} of ${writer.size} bytes, and is declared with ${reader.size}: declare it with ${writer.size}`;
    const alias = unqualified(writer.name);
    return `${place} was written as ${was}, which is not ${is}: where both mean the same, give ${is} "aliases": ["${alias}"]`;
  }
  const logical = logicalOf(writer);
  const isPlain = !logical || (logical.name === 'decimal' && !logical.valid);
  const kind = 'name' in writer ? was : writer.kind;
  const choices = isPlain ? [kind, ...(promotions[writer.kind] ?? [])] : [was];
  return `${place} was written as ${was}, which is not read as ${is}: declare it as ${choices.join(' or ')}`;
}

/** A type as its schema would be called in a sentence. */
export function shown(type: AvroNode): string {
  const logical = logicalOf(type);
  if (logical?.name === 'decimal')
    return `${logical.valid ? '' : 'an invalid '}decimal(${logical.precision}, ${logical.scale})`;
  if (logical) return logical.name;
  if ('name' in type) return `${type.kind} ${type.name}`;
  return type.kind === 'union' ? `a union of ${type.branches.map(shown).join(', ')}` : type.kind;
}
