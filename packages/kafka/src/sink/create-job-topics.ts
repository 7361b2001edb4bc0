import type { TaskId } from '@streamify/core';
import type { KafkaLogParts } from '../log/kafka-log.ts';
import { ensurePartitions } from './ensure-partitions.ts';
import type { JobTopics } from './job-topics.ts';

/**
 * A task that opens reads its partition from the start, so that compaction should leave little: it
 * begins when a fifth is outdated, and spares only the last segment, which is small.
 */
const compacted = {
  'cleanup.policy': 'compact',
  'segment.bytes': String(8 * 1024 * 1024),
  'min.cleanable.dirty.ratio': '0.2',
  'delete.retention.ms': '60000',
};

/** Dead letters hold whole records and more, and wait for somebody who mends what was wrong. */
const kept = { 'retention.ms': '-1', 'max.message.bytes': String(8 * 1024 * 1024) };

/** Makes the topics of a job, with a partition for each of its tasks. */
export async function createJobTopics(
  parts: KafkaLogParts,
  names: JobTopics,
  { partition, partitions = 0 }: TaskId,
): Promise<void> {
  const { replicas, config } = parts.options.topics ?? {};
  const ensure = (topic: string, settings: Readonly<Record<string, string>>) =>
    ensurePartitions(parts, topic, {
      partitions: Math.max(partitions, partition + 1),
      ...(replicas !== undefined && { replicas }),
      config: settings,
    });
  await ensure(names.checkpoints, { ...config, ...compacted });
  await ensure(names.deadLetters, { ...kept, ...config });
  await ensure(names.sideOutputs, { ...kept, ...config });
}
