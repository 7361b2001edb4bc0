import type { Checkpoint } from '../contract/checkpoint.ts';
import { OffsetOutOfRangeError, TopicRecreatedError } from '../contract/errors.ts';
import type { PartitionReader } from '../contract/event-log.ts';
import type { Input } from '../task/input.ts';
import { type GapPolicy, overGap } from '../task/over-gap.ts';
import type { Job } from './job-options.ts';
import { startOffset } from './start-at.ts';

/** The partition of an input, and what the task's checkpoint says of it. */
export interface InputPlace {
  readonly partition: number;
  readonly reader: PartitionReader;
  readonly checkpoint: Checkpoint | undefined;
  /** The id of the topic that is read; `undefined` where the log cannot tell. */
  readonly topicId: string | undefined;
  readonly gap: GapPolicy;
  /** Counts what the job is allowed to go on over. */
  readonly count: (name: string, n: number) => void;
}

/**
 * Finds the offset that a task goes on from in an input, or starts from.
 *
 * @throws TopicRecreatedError when the checkpoint is of another topic of that name.
 * @throws OffsetOutOfRangeError when the log does not hold the offset.
 */
export async function findStart<A, B>(
  { name: job, startAt = 'earliest', onRecreatedTopic = 'fail' }: Job<A, B>,
  { name: input, topic: { name: topic } }: Input<A>,
  { partition, reader, checkpoint, topicId, gap, count }: InputPlace,
): Promise<number> {
  const saved = checkpoint?.next[input];
  if (saved === undefined) return startOffset(startAt, { input, topic, partition }, reader);
  if (isAnother(checkpoint?.topicIds[input], topicId)) {
    if (onRecreatedTopic === 'fail') throw recreated(job, { topic, partition, offset: saved });
    count('recreated', 1);
    return startOffset(startAt, { input, topic, partition }, reader);
  }
  const bounds = await reader.bounds();
  if (saved >= bounds.start && saved <= bounds.end) return saved;
  return overGap(new OffsetOutOfRangeError({ topic, partition, offset: saved, ...bounds }), gap);
}

/** Whether two ids are of different topics, as far as both are known. */
function isAnother(saved: string | undefined, now: string | undefined): boolean {
  return saved !== undefined && now !== undefined && saved !== now;
}

function recreated(
  job: string,
  at: { readonly topic: string; readonly partition: number; readonly offset: number },
): TopicRecreatedError {
  const { topic, partition, offset } = at;
  return new TopicRecreatedError(
    `topic ${topic} was deleted and made again since job ${job} got to offset ${offset} of ${topic}/${partition}, which the topic of that name now has for other records: give the job a new name, under which it starts over, or run it once with onRecreatedTopic: 'restart', which keeps its state and reads the new topic from startAt on`,
    topic,
  );
}
