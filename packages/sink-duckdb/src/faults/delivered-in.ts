import { DuckDBInstance } from '@duckdb/node-api';
import { type Result, sumsLines } from '@streamify/test-kit/plays';

/** What the job has delivered into a database, read without the sink. */
export async function deliveredIn(path: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJS();
  try {
    const rows = await read('select key, "start", "end", result from sums');
    const late = await read('select "offset" from _streamify.side_outputs');
    const dead = await read('select "offset" from _streamify.dead_letters');
    const counts = await read('select name, n from _streamify.counts');
    return sumsLines({
      rows: rows.map(
        ({ key, start, end, result }): Result => ({
          key: String(key),
          start: Number(start),
          end: Number(end),
          result: Number(result),
        }),
      ),
      late: late.map(({ offset }) => Number(offset)),
      dead: dead.map(({ offset }) => Number(offset)),
      counts: Object.fromEntries(counts.map(({ name, n }) => [String(name), Number(n)])),
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
