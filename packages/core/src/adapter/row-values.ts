import type { OutputRows } from '../contract/epoch.ts';
import { rowOf } from '../contract/event.ts';
import type { TableColumn } from './column-kinds.ts';
import { misfitOf } from './column-misfit.ts';

/** Says why an element, a row or an event of one, does not fit a table's columns; `undefined` when it does. */
export function elementMisfit(
  columns: readonly TableColumn[],
  element: unknown,
): string | undefined {
  const row: unknown = rowOf(element);
  if (typeof row !== 'object' || row === null) return `a row is an object, not ${String(row)}`;
  return misfitOf(columns, row);
}

/** The rows themselves, in place of events. */
export function rowValues({ rows, causes }: OutputRows<unknown>): OutputRows<object> {
  return { rows: rows.map((row) => rowOf(row) as object), causes };
}
