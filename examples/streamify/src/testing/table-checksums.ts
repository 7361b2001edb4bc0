import { openReader } from '@streamify/sink-duckdb';

/** Times of loading and logging, and stacks: what differs between two runs that give the same. */
const different = ['_ingested_at', 'ingested_at', 'logged_at', 'stack', 'owner'];

/** A table's rows in number and content, whatever their order. */
export interface TableChecksum {
  readonly rows: number;
  readonly checksum: string;
}

/**
 * Sums up each table of a database file, but for columns that tell when it was loaded. State is
 * left out: it is a journal, whose cuts depend on where epochs end, and so are epochs themselves.
 */
export async function tableChecksums(path: string): Promise<Record<string, TableChecksum>> {
  const reader = await openReader({ path });
  try {
    const checksums: Record<string, TableChecksum> = {};
    const tables = await reader.query(
      `select schema_name as schema, table_name as name from duckdb_tables()
       where table_name not in ('state', 'checkpoints') order by all`,
    );
    for (const { schema, name } of tables) {
      const columns = await reader.query(
        `select column_name as name from duckdb_columns()
         where schema_name = '${schema}' and table_name = '${name}' order by column_index`,
      );
      const compared = columns
        .map((column) => String(column['name']))
        .filter((column) => !different.includes(column))
        .map((column) => `"${column}"`);
      const [row] = await reader.query(
        `select count(*)::integer as rows, coalesce(sum(hash(${compared.join(', ')}))::varchar, '') as checksum
         from "${schema}"."${name}"`,
      );
      checksums[`${schema}.${name}`] = row as unknown as TableChecksum;
    }
    return checksums;
  } finally {
    reader.close();
  }
}
