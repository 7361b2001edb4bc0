import { type Result, SUMS, sumsLines } from '@streamify/test-kit/plays';
import type { SnowflakeConnection } from '../connection-options.ts';
import { driverOptions } from '../connection-options.ts';
import { openSession } from '../session.ts';

/** What the job has delivered into a schema, read without the sink. */
export async function deliveredIn(connection: SnowflakeConnection): Promise<readonly string[]> {
  const session = await openSession(driverOptions(connection));
  const read = async (sql: string) => (await session.run(sql)).rows;
  try {
    const rows = await read('select key, "START", "END", result from sums');
    const late = await read('select "OFFSET" from _streamify_side_outputs');
    const dead = await read('select "OFFSET" from _streamify_dead_letters');
    const counts: Record<string, number> = {};
    for (const row of await read(`select counts from _streamify_checkpoints where job = '${SUMS}'`))
      for (const [name, n] of Object.entries(JSON.parse(String(row['COUNTS']))))
        counts[name] = (counts[name] ?? 0) + Number(n);
    return sumsLines({
      rows: rows.map(
        ({ KEY, START, END, RESULT }): Result => ({
          key: String(KEY),
          start: Number(START),
          end: Number(END),
          result: Number(RESULT),
        }),
      ),
      late: late.map(({ OFFSET }) => Number(OFFSET)),
      dead: dead.map(({ OFFSET }) => Number(OFFSET)),
      counts,
    });
  } finally {
    await session.close();
  }
}
