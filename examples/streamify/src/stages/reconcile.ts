import type { Warehouse } from '@streamify/core';
import { lateTopic, type Published, topicNames } from '../log-topics.ts';
import { shown } from '../progress.ts';

/** What became of the records of one topic. They balance when `published` is the sum of the rest. */
export interface TopicBalance {
  readonly topic: string;
  readonly published: number;
  readonly landed: number;
  readonly duplicates: number;
  readonly dead: number;
  readonly balanced: boolean;
}

/** Every event accounted for, or not. */
export interface Reconciliation {
  readonly topics: readonly TopicBalance[];
  readonly facts: number;
  readonly wide: number;
  /** Plays in five-minute windows, and listens that came too late for one. */
  readonly plays: number;
  readonly late: number;
  readonly balanced: boolean;
}

/**
 * Compares what was published with what the warehouse holds: rows are counted in the tables,
 * duplicates and dead letters as the jobs committed them.
 *
 * @param reader of the warehouse, with the landed database attached as `raw`.
 */
export async function reconcile(
  reader: Pick<Warehouse, 'query'>,
  published: Published,
): Promise<Reconciliation> {
  const number = async (sql: string): Promise<number> => {
    const [row] = await reader.query(sql);
    return Number(Object.values(row ?? {})[0] ?? 0);
  };
  const counted = (job: string, name: string) =>
    number(
      `select coalesce(sum(n), 0) from raw._streamify.counts where job = '${job}' and name = '${name}'`,
    );

  const topics: TopicBalance[] = [];
  for (const topic of topicNames) {
    const job = `clean ${topic}`;
    const landed = await number(`select count(*) from raw.main.${topic}`);
    const duplicates = await counted(job, 'duplicates');
    const dead = await number(
      `select count(*) from raw._streamify.dead_letters where job = '${job}'`,
    );
    const balanced =
      published[topic] === landed + duplicates + dead &&
      landed === (await counted(job, 'out')) &&
      dead === (await counted(job, 'dead'));
    topics.push({ topic, published: published[topic], landed, duplicates, dead, balanced });
  }
  const facts = await number('select count(*) from fact_streams');
  const wide = await number('select count(*) from wide_streams');
  const plays = await number('select coalesce(sum(plays), 0) from raw.main.plays_per_song');
  const late = await number(`select count(*) from raw.main.${lateTopic}`);
  const listens = topics.find(({ topic }) => topic === 'listen_events')?.landed;
  const balanced =
    topics.every((topic) => topic.balanced) &&
    facts === listens &&
    wide === listens &&
    plays + late === listens;
  return { topics, facts, wide, plays, late, balanced };
}

/** The reconciliation as lines of text. */
export function reconciliationText(
  { topics, facts, wide, plays, late }: Reconciliation,
  source: 'simulated' | 'imported',
): string {
  const header = ['', source, 'landed', 'duplicates', 'dead letters', ''];
  const rows = topics.map(({ topic, published, landed, duplicates, dead, balanced }) => [
    topic,
    ...[published, landed, duplicates, dead].map(shown),
    mark(balanced),
  ]);
  const listens = topics.find(({ topic }) => topic === 'listen_events')?.landed ?? 0;
  const widths = header.map((_, i) =>
    Math.max(...[header, ...rows].map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ');
  return [
    ...[header, ...rows].map((cells) => `  ${line(cells)}`.trimEnd()),
    '',
    `  raw ${shown(listens)} = fact_streams ${shown(facts)} = wide_streams ${shown(wide)}  ${mark(facts === listens && wide === listens)}`,
    `  plays in windows ${shown(plays)} + late ${shown(late)} = raw ${shown(listens)}  ${mark(plays + late === listens)}`,
  ].join('\n');
}

const mark = (balanced: boolean) => (balanced ? 'ok' : 'DOES NOT ADD UP');
