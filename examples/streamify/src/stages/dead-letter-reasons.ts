import type { Warehouse } from '@streamify/core';
import { shown } from '../progress.ts';

/** At most this many reasons are shown. */
const most = 5;

/**
 * Why events died, the most frequent reason first, a line each, with where to find one of them.
 * A malformed line of an imported file carries its own reason, file and line.
 */
export async function deadLetterReasons(reader: Pick<Warehouse, 'query'>): Promise<string[]> {
  const rows = await reader.query(`
    select topic, coalesce(headers->>'reason', reason) as why, count(*) as letters,
      any_value(coalesce(headers->>'file' || ' line ' || (headers->>'line'), 'partition ' || partition || ' offset ' || "offset")) as place
    from raw._streamify.dead_letters where job like 'clean %'
    group by all order by letters desc, topic, why limit ${most + 1}`);
  const lines = rows
    .slice(0, most)
    .map(
      ({ topic, why, letters, place }) =>
        `${shown(Number(letters))} of ${topic}: ${why} (one: ${place})`,
    );
  return rows.length > most ? [...lines, '…'] : lines;
}
