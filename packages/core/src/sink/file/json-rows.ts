import { isDeepStrictEqual } from 'node:util';
import type { TableColumn } from '../../adapter/column-kinds.ts';
import { misfitOf } from '../../adapter/column-misfit.ts';
import { jsonMisfit } from '../../adapter/json-text.ts';
import { provenanceColumns, provenanceOf } from '../../adapter/provenance.ts';
import { tableColumns } from '../../adapter/table-columns.ts';
import type { OutputRows } from '../../contract/epoch.ts';
import { rowOf } from '../../contract/event.ts';
import type { RecordSchema } from '../../contract/event-type.ts';
import { part } from '../ledger/output-parts.ts';

/** Rows of one folder, as lines of JSON. */
export class JsonRows {
  readonly folder: string;
  readonly #columns: readonly TableColumn[] | undefined;

  /** @throws OptionError when two fields of the schema give the same column. */
  constructor(folder: string, schema: RecordSchema | undefined) {
    this.folder = folder;
    this.#columns = schema && tableColumns(schema);
  }

  /** Whether both may write: to different folders, or rows of the same form. */
  agreesWith(other: JsonRows): boolean {
    return this.folder !== other.folder || isDeepStrictEqual(this.#columns, other.#columns);
  }

  /** Why a row cannot be written; `undefined` when it can. */
  refusal(element: unknown): string | undefined {
    const row: unknown = rowOf(element);
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return `a row is an object, not ${JSON.stringify(row)}`;
    const own = provenanceColumns.find((field) => field in row);
    if (own !== undefined) return `${own} is a field of the sink's own`;
    return (this.#columns && misfitOf(this.#columns, row)) ?? jsonMisfit(row);
  }

  /** Rows with the position of the event that caused each. */
  linesOf({ rows, causes }: OutputRows<unknown>): object[] {
    return rows.map((row, i) => ({ ...(rowOf(row) as object), ...provenanceOf(causes[i]) }));
  }

  /** The files of an epoch, by folder. */
  static parts(rows: ReadonlyMap<string, readonly unknown[]>): Record<string, Uint8Array> {
    return Object.assign({}, ...[...rows].map(([folder, lines]) => part(folder, lines)));
  }
}
