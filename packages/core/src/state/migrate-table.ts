import { keyOfText, keyText } from '../codec/key-text.ts';
import { PipelineError } from '../contract/errors.ts';
import type { Key } from '../contract/key.ts';
import type { StateOptions } from './state-options.ts';
import { StateTable } from './state-table.ts';

/**
 * Gives a table that was just restored the values and keys that its operator makes of the saved ones.
 *
 * @throws PipelineError when a migration throws, lacks fields, or makes one entry of two.
 */
export function migrateTable(table: StateTable, options: StateOptions<unknown, Key>): void {
  const migrated = new StateTable(table.name, { recording: false });
  for (const [segment, text, value] of table.live()) {
    const entry = { segment, key: keyOfText(text) };
    const next = migratedEntry(table.name, { ...entry, value }, options);
    if (!next) continue;
    const { key, value: made } = next;
    const other = migrated.get(segment, keyText(key));
    if (other !== undefined && other !== made)
      throw new PipelineError(
        `migrating state ${table.name} makes two entries of key ${JSON.stringify(key)}: keys that differ must stay apart, or be forgotten`,
      );
    migrated.set(segment, keyText(key), made);
  }
  const { writes } = migrated.snapshot();
  table.restore({ table: table.name, drops: table.segments(), deletes: [], writes });
}

function migratedEntry(
  state: string,
  { segment, key, value }: { segment: number; key: Key; value: unknown },
  { migrate, migrateKey, like }: StateOptions<unknown, Key>,
): { readonly key: Key; readonly value: unknown } | undefined {
  let [newKey, made]: [Key | undefined, unknown] = [key, value];
  try {
    if (migrateKey) newKey = migrateKey(key);
    if (migrate) made = migrate(value, { segment, key });
  } catch (cause) {
    throw new PipelineError(
      `migrating state ${state} threw at key ${JSON.stringify(key)}: ${cause instanceof Error ? cause.message : String(cause)}; mend migrate, nothing was committed`,
      { cause },
    );
  }
  if (newKey === undefined || made === undefined) return undefined;
  const lost = lostField(made, like);
  if (lost !== undefined)
    throw new PipelineError(
      `migrating state ${state} gives key ${JSON.stringify(key)} a value without ${lost}, which new values have: let migrate return it, nothing was committed`,
    );
  return { key: newKey, value: made };
}

/** A field that values have and this one lacks. */
function lostField(value: unknown, like: unknown): string | undefined {
  if (typeof like !== 'object' || like === null || Array.isArray(like)) return undefined;
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return Object.keys(like).find((field) => fields[field] === undefined);
}
