import { openReader } from '@streamify/sink-duckdb';
import type { DataDir } from '../data-dir.ts';
import { topicNames } from '../log-topics.ts';
import { shown, utc } from '../progress.ts';
import { insights } from '../stages/insights.ts';
import type { LiveResult } from './run-live.ts';

/** Tells what has landed of a live run, and where that is. */
export async function reportLive(
  { raw, warehouse }: DataDir,
  { published, until, dead, where }: LiveResult,
  { isModelled }: { readonly isModelled: boolean },
): Promise<void> {
  const reader = await openReader(
    isModelled ? { path: warehouse, attach: { raw } } : { path: raw },
  );
  try {
    const table = (name: string) => (isModelled ? `raw.main.${name}` : name);
    const number = async (expression: string, from: string): Promise<number> => {
      const [row] = await reader.query(`select ${expression} as n from ${table(from)}`);
      return Number(row?.['n'] ?? 0);
    };
    const rows: string[][] = [];
    for (const topic of topicNames) {
      const landed = await number('count(*)', topic);
      const all = published[topic];
      rows.push([topic, shown(all), shown(landed), shown(all - landed)]);
    }
    const listens = await number('count(*)', 'listen_events');
    const plays = await number('coalesce(sum(plays), 0)', 'plays_per_song');
    const lines = [
      '',
      `What has landed${until === undefined ? '' : `, up to ${utc(until)}`}:`,
      ...aligned([['', 'simulated', 'landed', 'not landed'], ...rows]),
      '',
      `  plays in windows ${shown(plays)} + windows that are open ${shown(listens - plays)} = listens ${shown(listens)}`,
      ...(dead === undefined ? [] : [`  dead letters: ${deadLetters(dead)}`]),
      ...(isModelled
        ? ['', 'What the data says:', ...(await insights(reader)).map((line) => `  ${line}`)]
        : []),
      '',
      'Where it is:',
      ...(isModelled ? [`  star schema    ${warehouse}`] : []),
      `  raw tables     ${raw}`,
      `  event log      ${where}`,
      '',
      'Run the same again: it goes on from here. What has not landed is in the topics: it lands then, or it is',
      'a duplicate, or a dead letter (topics that end in .dead-letters).',
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  } finally {
    reader.close();
  }
}

/** Whoever wrote what they are of: they may be more than was simulated. */
function deadLetters(dead: Readonly<Record<string, number>>): string {
  const some = Object.entries(dead).filter(([, count]) => count > 0);
  if (some.length === 0) return 'none';
  return some.map(([job, count]) => `${job} ${shown(count)}`).join(', ');
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')}`.trimEnd(),
  );
}
