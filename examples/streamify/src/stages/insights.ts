import type { Warehouse } from '@streamify/core';
import { shown } from '../progress.ts';

/** Five things that the star schema tells, a line each. Fewer where there is nothing to tell. */
export async function insights(reader: Pick<Warehouse, 'query'>): Promise<string[]> {
  const first = async (sql: string) => (await reader.query(sql))[0];
  const lines: (string | undefined)[] = [];

  const totals = await first(`
    select count(*) as plays, count(distinct user_id) as users, count(distinct song_key) as songs,
      round(sum(duration) / 3600) as hours, min(ts)::date::varchar as first, max(ts)::date::varchar as last
    from wide_streams having count(*) > 0`);
  lines.push(
    totals &&
      `${count(totals['users'])} listeners played ${count(totals['songs'])} songs ${count(totals['plays'])} times, ${count(totals['hours'])} hours, from ${totals['first']} to ${totals['last']}.`,
  );
  const song = await first(`
    select song, artist, count(*) as plays from wide_streams where track_id is not null
    group by all order by plays desc, song limit 1`);
  lines.push(
    song && `Most played: "${song['song']}" by ${song['artist']}, ${count(song['plays'])} times.`,
  );
  const hour = await first(`
    select hour, count(*) as plays, sum(plays) over () as total from wide_streams
    group by all order by plays desc, hour limit 1`);
  lines.push(hour && `Busiest hour: ${hour['hour']}:00 UTC, ${share(hour)} of all plays.`);
  const state = await first(`
    select state_name, count(*) as plays, sum(plays) over () as total from wide_streams
    group by all order by plays desc, state_name limit 1`);
  lines.push(state && `Most plays come from ${state['state_name']}, ${share(state)}.`);
  const paid = await first(`
    select count(*) filter (level = 'paid') as plays, count(*) as total from wide_streams having count(*) > 0`);
  lines.push(paid && `Paying listeners make ${share(paid)} of the plays.`);
  return lines.filter((line) => line !== undefined);
}

const count = (value: unknown) => shown(Number(value));
const share = (row: Record<string, unknown>) =>
  `${((100 * Number(row['plays'])) / Math.max(1, Number(row['total']))).toFixed(1)} %`;
