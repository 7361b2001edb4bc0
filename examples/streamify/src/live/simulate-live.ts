import { type EventLog, type ResumingPublisher, resumingPublisher } from '@streamify/core';
import { dueTime, systemClock } from '@streamify/simulator';
import { type Identified, type Published, partitions, topicIn, topicNames } from '../log-topics.ts';
import type { Source } from '../plan.ts';
import { simulationOf } from '../stages/simulate.ts';

/** How far a live simulation has come. */
export interface Simulated {
  /** Events in the log by topic. */
  readonly published: Published;
  /** The time of the last of them, in epoch milliseconds; `undefined` while those of an earlier run are passed over. */
  readonly until: number | undefined;
}

/** Events that are published together, while the simulation is behind its time. */
const batchSize = 4_096;
/** Milliseconds in which events that are due are published together. */
const together = 100;

/**
 * Simulates listeners into the log until `signal` fires: up to the present as fast as it can, from
 * then on each event when it is due. What an earlier run has published is passed over.
 *
 * @param speed simulated seconds a second.
 */
export async function simulateLive(
  log: EventLog,
  source: Extract<Source, { kind: 'live' }>,
  {
    speed,
    signal,
    onPublished,
  }: {
    readonly speed: number;
    readonly signal: AbortSignal;
    readonly onPublished: (simulated: Simulated) => void;
  },
): Promise<void> {
  const publishers = await Promise.all(
    topicNames.map((topic) => resumingPublisher(topicIn(log, topic), { partitions })),
  );
  const isBehind = () => publishers.some((publisher) => publisher.isBehind);
  let pending = topicNames.map((): Identified[] => []);
  const flush = async (until: number): Promise<void> => {
    const values = pending;
    pending = topicNames.map(() => []);
    await Promise.all(values.map((each, i) => (publishers[i] as Publisher).publish(each)));
    onPublished({ published: storedBy(publishers), until: isBehind() ? undefined : until });
  };

  let pace = dueTime(systemClock, speed, systemClock.now());
  let last = source.start;
  for (const { time, events } of simulationOf(source)) {
    for (;;) {
      const { wait } = pace(time / 1_000, 0);
      if (wait === 0 || signal.aborted) break;
      await flush(last);
      // An earlier run has come further: go on from there.
      if (isBehind()) pace = dueTime(systemClock, speed, time);
      else await systemClock.sleep(Math.max(wait, together), signal);
    }
    if (signal.aborted) break;
    last = time;
    for (const [i, topic] of topicNames.entries()) pending[i]?.push(...events[topic]);
    if (pending.some(({ length }) => length >= batchSize)) await flush(last);
  }
  await flush(last);
}

type Publisher = ResumingPublisher<Identified>;

const storedBy = (publishers: readonly Publisher[]) =>
  Object.fromEntries(
    topicNames.map((topic, i) => [topic, publishers[i]?.stored ?? 0]),
  ) as Published;
