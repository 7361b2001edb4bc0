import type { AvroReader } from '../avro-tap.ts';
import type { FieldNode, RecordNode } from './avro-node.ts';
import { unqualified } from './matching.ts';
import { refusing } from './refusal.ts';
import type { OwnReader, Resolution } from './resolution.ts';
import { skipping } from './skip-value.ts';

/** A field as it was written: how it is read, and which argument of the record it is; -1 for none. */
interface Step {
  readonly reader: AvroReader;
  readonly slot: number;
}

/** Reads the fields of a record in the writer's order; those that it lacks get their defaults. */
export function resolveRecord(
  writer: RecordNode,
  reader: RecordNode,
  resolution: Resolution,
): AvroReader {
  const name = unqualified(reader.name);
  const sources = reader.fields.map((field) => sourceOf(field, writer));
  const missing = reader.fields.find(({ hasDefault }, i) => !sources[i] && !hasDefault);
  if (missing)
    return refusing(
      `it has no field ${missing.name}, and ${name} has no default for it: give it one`,
    );
  const skippers = new Map();
  const steps = writer.fields.map((field): Step => {
    const slot = sources.indexOf(field);
    const target = reader.fields[slot];
    if (!target) return { slot, reader: skipping(field.type, skippers) };
    const place = `field ${target.name} of ${name}`;
    return { slot, reader: resolution.resolve(field.type, target.type, place) };
  });
  // A record is no more readable than any of its fields. Which of its branches a value has says why.
  const refusal = steps.find(({ reader }) => reader.refusal)?.reader.refusal;
  const { recordConstructor: Row } = resolution.own(reader);
  const _read = recordReader(Row, steps, reader.fields.length);
  return refusal ? { refusal, _read } : { _read };
}

/**
 * Writes the fields out as statements, which engines run faster than a loop over readers of many
 * kinds: as avsc does for types of its own. No part of the text comes from a schema.
 */
function recordReader(
  Row: OwnReader['recordConstructor'],
  steps: readonly Step[],
  length: number,
): AvroReader['_read'] {
  const values = new Array<string>(length).fill('undefined');
  const statements = steps.map(({ slot }, i) => {
    if (slot >= 0) values[slot] = `v${i}`;
    return `const v${i} = r${i}._read(tap);`;
  });
  const readers = steps.map((_, i) => `r${i}`);
  const text = `return (tap) => { ${statements.join(' ')} return new Row(${values.join()}); };`;
  const make = new Function('Row', ...readers, text) as (...args: unknown[]) => AvroReader['_read'];
  return make(Row, ...steps.map((step) => step.reader));
}

/** The written field that a field is read from: the one of its name, else of an alias. */
function sourceOf({ name, aliases }: FieldNode, writer: RecordNode): FieldNode | undefined {
  const written = (wanted: string) => writer.fields.find((field) => field.name === wanted);
  return written(name) ?? aliases.map(written).find((field) => field !== undefined);
}
