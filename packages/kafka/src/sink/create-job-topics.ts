import { OptionError } from '@streamify/core';
import type { KafkaLogParts } from '../log/kafka-log.ts';
import { ensurePartitions } from './ensure-partitions.ts';
import type { JobTopics } from './job-topics.ts';
import { topicSetting } from './topic-setting.ts';

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

/**
 * Makes the topics of a job, with a partition for each of its tasks. What exists is taken as it is.
 *
 * @throws OptionError when the topic of checkpoints exists, and forgets them.
 */
export async function createJobTopics(
  parts: KafkaLogParts,
  names: JobTopics,
  partitions: number,
): Promise<void> {
  const { replicas, config } = parts.options.topics ?? {};
  const ensure = (topic: string, settings: Readonly<Record<string, string>>) =>
    ensurePartitions(parts, topic, {
      partitions,
      ...(replicas !== undefined && { replicas }),
      config: settings,
    });
  await ensure(names.checkpoints, { ...config, ...compacted });
  await checkCompacted(parts, names.checkpoints);
  await ensure(names.deadLetters, { ...kept, ...config });
  await ensure(names.sideOutputs, { ...kept, ...config });
}

/** A checkpoint that is deleted some day would let its job start over, and deliver everything twice. */
async function checkCompacted(parts: KafkaLogParts, topic: string): Promise<void> {
  const name = 'cleanup.policy';
  const inKafka = parts.client.namespace.inKafka(topic);
  const policy = await topicSetting(parts, inKafka, name);
  if (policy !== 'compact')
    throw new OptionError(
      `topic ${inKafka} holds checkpoints, and deletes them with its ${name} ${policy}: set it to compact`,
    );
}
