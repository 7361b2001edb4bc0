import type { OutputRows } from '../contract/epoch.ts';
import type { TableColumn } from './table-columns.ts';

/**
 * Gives the last row of each key: the rows that are left of an epoch when each replaces the one before it.
 *
 * @param key names of the columns that make up the key.
 */
export function lastByKey<T extends object>(
  columns: readonly TableColumn[],
  key: readonly string[],
  { rows, causes }: OutputRows<T>,
): OutputRows<T> {
  const fields = columns.filter(({ name }) => key.includes(name)).map(({ field }) => field);
  const last = new Map<string, number>();
  rows.forEach((row, i) => {
    const parts = fields.map((field) => (row as Readonly<Record<string, unknown>>)[field] ?? null);
    last.set(JSON.stringify(parts), i);
  });
  const kept = [...last.values()];
  return {
    rows: kept.map((i) => rows[i] as T),
    causes: kept.map((i) => causes[i] as (typeof causes)[number]),
  };
}
