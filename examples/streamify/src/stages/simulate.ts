import { type EventLog, resumingPublisher } from '@streamify/core';
import type { TopicName } from '@streamify/models';
import { type EventsimConfig, simulateBatches } from '@streamify/simulator';
import { type Published, partitions, topicIn, topicNames } from '../log-topics.ts';
import type { Source } from '../plan.ts';
import { type Progress, shown } from '../progress.ts';

const day = 86_400_000;
/** New listeners a year, as a share of those at the start, unless a configuration says. */
const growthRate = 0.5;

type Simulation = Extract<Source, { kind: 'simulation' }>;

/** The events of a simulation; a live one has no end, and a batch for each thing that a listener does. Throws at once when it cannot be one. */
export function simulationOf(source: Exclude<Source, { kind: 'jsonl' }>) {
  const { users, seed, config } = source;
  const site = config === null ? { growthRate } : { config: config as EventsimConfig };
  const length =
    source.kind === 'live'
      ? { start: source.start, end: Number.POSITIVE_INFINITY, batchSize: 1 }
      : { days: source.days };
  return simulateBatches({ users, seed, ...site, ...length });
}

/** Simulates listeners into the log. Resolves with the records of each topic; `undefined` when it was stopped. */
export async function simulateInto(
  log: EventLog,
  source: Simulation,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Published | undefined> {
  const batches = simulationOf(source);
  const publisherOf = (topic: TopicName) => resumingPublisher(topicIn(log, topic), { partitions });
  const publishers = await Promise.all(topicNames.map(publisherOf));

  let start: number | undefined;
  const count = () => publishers.reduce((sum, publisher) => sum + publisher.count, 0);
  for (const { time, events } of batches) {
    if (signal.aborted) return undefined;
    start ??= time;
    await Promise.all(topicNames.map((topic, i) => publishers[i]?.publish(events[topic])));
    progress.update(time - start, source.days * day, `${shown(count())} events, ${isoDay(time)}`);
  }
  return Object.fromEntries(
    topicNames.map((topic, i) => [topic, publishers[i]?.count ?? 0]),
  ) as Published;
}

const isoDay = (time: number) => new Date(time).toISOString().slice(0, 10);
