import { existsSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { OptionError } from '@streamify/core';
import { checkOptions } from '@streamify/core/adapter';
import { quoted } from './sql.ts';

/** Options of {@link openReader}. */
export interface ReaderOptions {
  /** The database file. */
  readonly path: string;
  /** Further files by the name under which their tables are found. */
  readonly attach?: Readonly<Record<string, string>>;
}

/** Reads database files that no process has open for writing. */
export interface DuckDBReader {
  /** Runs one statement and reads its rows: column name to plain JavaScript value; a bigint where SQL has one. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  close(): void;
}

/**
 * Opens database files read-only. Several readers may share a file; a writer excludes them.
 *
 * @throws OptionError when there is no such file.
 *
 * @example
 * const reader = await openReader({ path: 'warehouse.duckdb' });
 * const [row] = await reader.query('select count(*) as streams from fact_streams');
 */
export async function openReader(options: ReaderOptions): Promise<DuckDBReader> {
  checkOptions('openReader', options, { path: true, attach: true });
  const { path, attach = {} } = options;
  for (const file of [path, ...Object.values(attach)])
    if (!existsSync(file)) throw new OptionError(`there is no database ${file}`);
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  for (const [name, file] of Object.entries(attach))
    await connection.run(`attach '${file.replaceAll("'", "''")}' as ${quoted(name)} (read_only)`);
  return {
    query: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS(),
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
