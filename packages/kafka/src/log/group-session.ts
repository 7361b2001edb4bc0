import type { Consumer } from 'kafkajs';
import type { KafkaClient } from '../client/kafka-client.ts';
import { stickyAssigner } from './sticky-assigner.ts';

/** Times by which a group notices that a member is gone. */
export interface GroupTiming {
  /** Milliseconds without a heartbeat after which a member is taken for dead. Default 15,000. */
  readonly sessionTimeout?: number;
  /** Milliseconds that members have to join anew when the group changes. Default 60,000. */
  readonly rebalanceTimeout?: number;
  /** Milliseconds between heartbeats. Default 1,000. */
  readonly heartbeatInterval?: number;
  /** Milliseconds after which the number of a topic's partitions is looked up anew, so that added ones are shared out. Default 5,000. */
  readonly metadataMaxAge?: number;
}

/** The group to join, and its topics. */
export interface GroupSessionOptions {
  readonly client: KafkaClient;
  /** In Kafka, as are the names of the topics. */
  readonly group: string;
  readonly topics: readonly string[];
  readonly timing: Required<GroupTiming>;
  readonly partitionsOf: (topic: string) => Promise<number>;
  /** The partitions that this process works on. */
  readonly held: () => readonly number[];
  /** Called whenever the group has agreed on who works on what. */
  readonly onShare: (memberId: string, partitions: readonly number[]) => void;
}

/** An offset up to which a partition is done. */
export interface DoneOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** A member's time in a consumer group, from joining to leaving it. */
export interface GroupSession {
  /** Resolves with the reason when the group has been left against our will. */
  readonly crashed: Promise<Error>;
  /** Notes the offsets that are done, for those who watch the group's lag. */
  commit(offsets: readonly DoneOffset[]): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}

/**
 * Joins a group, and resolves once the first share is known. It is a consumer of kafkajs that has
 * paused all it could consume, because jobs read from the offsets of their own checkpoints.
 *
 * The consumer's restarts are turned off, because kafkajs does not document which failures it restarts
 * after. It may also stall, so a consumer that gives no sign of life counts as crashed.
 */
export async function joinGroup(options: GroupSessionOptions): Promise<GroupSession> {
  const { client, group, topics, timing, partitionsOf, held, onShare } = options;
  const { sessionTimeout, rebalanceTimeout, heartbeatInterval } = timing;
  const consumer = client.consumer({
    ...timing,
    groupId: group,
    // The pace of its loop, as there is nothing to fetch.
    maxWaitTimeInMs: Math.min(500, heartbeatInterval),
    partitionAssigners: [stickyAssigner(held, partitionsOf)],
    retry: { restartOnFailure: async () => false },
  });
  const watch = watchdog(consumer, rebalanceTimeout + sessionTimeout);
  const crashed = new Promise<Error>((resolve) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => resolve(payload.error));
    void watch.hasStalled.then(resolve);
  });
  const joined = new Promise<void>((resolve) => {
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
      consumer.pause(topics.map((topic) => ({ topic })));
      onShare(memberId, memberAssignment[topics[0] ?? ''] ?? []);
      resolve();
    });
  });
  const close = async () => {
    watch.end();
    await consumer.disconnect().catch(() => {});
  };
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics] });
    await consumer.run({ autoCommit: false, eachBatch: async () => {} });
    const failure = await Promise.race([crashed, joined]);
    if (failure) throw failure;
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    crashed,
    commit: (offsets) => consumer.commitOffsets([...offsets]),
    close,
  };
}

/** Notices when a consumer has neither fetched nor joined for so many milliseconds. */
function watchdog(consumer: Consumer, longest: number) {
  let signOfLife = performance.now();
  for (const event of [consumer.events.GROUP_JOIN, consumer.events.FETCH] as const)
    consumer.on(event, () => {
      signOfLife = performance.now();
    });
  let timer: NodeJS.Timeout | undefined;
  const hasStalled = new Promise<Error>((resolve) => {
    timer = setInterval(() => {
      const quiet = performance.now() - signOfLife;
      if (quiet > longest) resolve(stalled(quiet));
    }, longest / 4);
    timer.unref();
  });
  return { hasStalled, end: () => clearInterval(timer) };
}

/** Makes the error of a consumer that has stalled, which passes with another consumer. */
function stalled(quiet: number): Error {
  const failure = new Error(`no sign of life for ${Math.round(quiet)} ms`);
  return Object.assign(failure, { type: 'REQUEST_TIMED_OUT', retriable: true });
}
