import { DataFileError } from '../errors.ts';
import type { DataFile } from './data-file.ts';

/** One row of a file of values. Columns are told by name. */
export interface Row {
  /** The value without quotes around it; never empty. */
  text(column: string): string;
  /** The value without quotes around it; empty when nothing stands in its place. */
  maybe(column: string): string;
  /** A number of at least 0, unless `signed`. */
  number(column: string, signed?: 'signed'): number;
}

/** How a file holds its values. */
export interface DelimitedFormat {
  readonly separator: ',' | '\t';
  /**
   * Names of the columns, in order; the rest of a row is ignored. With `header: 'named'` the first row
   * has them in any order.
   */
  readonly columns: readonly string[];
  readonly header: 'none' | 'skipped' | 'named';
}

/**
 * Reads the rows of a file of comma- or tab-separated values. Quotes may stand around a value, and
 * inside as `\"` or `""`.
 *
 * @throws DataFileError with row and column for a value that is missing or no number.
 */
export function* readRows(source: DataFile, format: DelimitedFormat): Generator<Row> {
  const { file, lines } = source;
  const { separator, columns, header } = format;
  const places = new Map(
    columns.map((name) => [name, header === 'named' ? -1 : columns.indexOf(name)]),
  );
  if (header === 'named') {
    const names = splitRow(lines[0] ?? '', separator);
    for (const name of columns) {
      const place = names.indexOf(name);
      if (place < 0) throw new DataFileError({ file, row: 1 }, `has no column "${name}"`);
      places.set(name, place);
    }
  }
  for (let i = header === 'none' ? 0 : 1; i < lines.length; i++) {
    const line = lines[i] as string;
    if (line !== '') yield rowOf(file, i + 1, splitRow(line, separator), places);
  }
}

function rowOf(
  file: string,
  row: number,
  values: readonly string[],
  places: ReadonlyMap<string, number>,
): Row {
  const fail = (name: string, problem: string): never => {
    throw new DataFileError({ file, row, column: (places.get(name) ?? -1) + 1, name }, problem);
  };
  const maybe = (name: string): string =>
    values[places.get(name) ?? -1]?.trim() ??
    fail(name, 'expected a value, found the end of the row');
  const text = (name: string): string =>
    maybe(name) || fail(name, 'expected a value, found nothing');
  return {
    text,
    maybe,
    number: (name, signed) => {
      const found = text(name);
      const value = Number(found.replaceAll(',', ''));
      if (!Number.isFinite(value) || (signed === undefined && value < 0))
        fail(name, `expected a number${signed ? '' : ' of at least 0'}, found "${found}"`);
      return value;
    },
  };
}

function splitRow(line: string, separator: string): readonly string[] {
  if (!line.includes('"')) return line.split(separator);
  const values: string[] = [];
  for (let from = 0; from <= line.length; ) {
    const quoted = line[from] === '"' ? closingQuote(line, from, separator) : -1;
    const end = quoted >= 0 ? quoted + 1 : indexOrEnd(line, separator, from);
    const value = line.slice(from, end);
    values.push(
      quoted >= 0 ? value.slice(1, -1).replaceAll('\\"', '"').replaceAll('""', '"') : value,
    );
    from = end + 1;
  }
  return values;
}

/** The quote that ends a value: a separator or the end follows it, and no backslash is before it. */
function closingQuote(line: string, opening: number, separator: string): number {
  for (let at = line.indexOf('"', opening + 1); at >= 0; at = line.indexOf('"', at + 1)) {
    const ends = at + 1 === line.length || line[at + 1] === separator;
    if (ends && line[at - 1] !== '\\') return at;
  }
  return -1;
}

const indexOrEnd = (line: string, separator: string, from: number): number => {
  const at = line.indexOf(separator, from);
  return at < 0 ? line.length : at;
};
