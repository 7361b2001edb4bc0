import { type CommitReport, type EventLog, run, startJob } from '@streamify/core';
import { vi } from 'vitest';
import { kafkaSink } from '../sink/kafka-sink.ts';
import { Play, PlayBySong, playLine, plays, trimmed } from './plays.ts';
import { patient } from './watch-worker.ts';

/** Topics of three partitions: plays are published into one, and cleaned into the other. */
export interface CleanedTopics {
  readonly log: EventLog;
  readonly from: string;
  readonly to: string;
}

/** How many plays there were, and the lines that both topics should hold together. */
export interface CleanedPlays {
  readonly events: number;
  readonly expected: readonly string[];
}

/**
 * Publishes plays, and cleans them by a job, while `disturb` does its work. Resolves when all that was
 * published has come through.
 *
 * @param disturb is given how to wait until each task has committed, and all of them so often.
 */
export async function cleanWhile(
  { log, from, to }: CleanedTopics,
  disturb: (allAtWork: (commits: number) => Promise<void>) => Promise<void>,
): Promise<CleanedPlays> {
  const lastCommits = new Map<number, number>();
  let commits = 0;
  const job = {
    name: `clean-${from}`,
    from: log.topic(from, Play),
    through: trimmed,
    into: kafkaSink(log.topic(to, PlayBySong)),
    epoch: { maxRecords: 40 },
    onError: { retry: { attempts: Number.POSITIVE_INFINITY, maxDelay: 500 } },
    onCommit: ({ partition }: CommitReport) => lastCommits.set(partition, ++commits),
  } as const;
  const allAtWork = async (times: number) => {
    const now = commits;
    const isAtWork = () =>
      commits >= now + times && [0, 1, 2].every((each) => (lastCommits.get(each) ?? 0) > now);
    await vi.waitUntil(isAtWork, patient);
  };

  let events = 0;
  let isOver = false;
  const publishing = (async () => {
    for (; !isOver; events += 10) await log.topic(from, Play).publish(plays(10, events));
  })();
  const running = startJob(job);
  // What fails is thrown below.
  for (const each of [publishing, running.done]) each.catch(() => {});
  try {
    await disturb(allAtWork);
    await allAtWork(1);
  } finally {
    isOver = true;
    await publishing;
    running.stop();
    await running.done;
  }
  await run({ ...job, atEnd: 'stop' });

  const sent = plays(events);
  const cleaned = sent.map((play) => playLine({ ...play, song: play.song.trim() }));
  return { events, expected: [...sent.map(playLine), ...cleaned] };
}
