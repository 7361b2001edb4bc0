import type { StreamEvent } from '@streamify/core';
import {
  type EpochCommit,
  type EpochOutput,
  type TaskId,
  watermarkRecord,
} from '@streamify/core/adapter';
import type { Message } from 'kafkajs';
import { messageOf } from '../produce/message-of.ts';
import type { PartitionMessages } from '../produce/requests-of.ts';
import { deadLetterMessage } from './dead-letter-message.ts';
import type { JobTopics } from './job-topics.ts';
import type { RowEncoder } from './row-encoder.ts';
import { sideOutputMessage } from './side-output-message.ts';

/** A topic that rows go to. */
export interface Target {
  readonly name: string;
  readonly partitions: number;
}

/** Where the messages of a task go, and how rows become some. */
export interface EpochMessagesOptions<T> {
  readonly task: TaskId;
  readonly target: Target;
  readonly topics: JobTopics;
  readonly rows: Pick<RowEncoder<T>, 'messages'>;
}

/** What an epoch writes beside its checkpoint, and the last watermark that is written by then. */
export interface EpochMessages {
  readonly parts: readonly PartitionMessages[];
  readonly watermark: string | undefined;
}

/** Makes the messages of an epoch. `written` is the last watermark that was written before. */
export function epochMessages<T>(
  { task, target, topics, rows }: EpochMessagesOptions<T>,
  { watermark }: EpochCommit,
  output: EpochOutput<T | StreamEvent<T>>,
  written: string | undefined,
): EpochMessages {
  const { job, partition, partitions: writers } = task;
  const byPartition: Message[][] = Array.from({ length: target.partitions }, () => []);
  const tell = (told: number) => {
    if (writers === undefined) return;
    const record = watermarkRecord({ writer: `${job}/${partition}`, writers, watermark: told });
    for (const [each, messages] of byPartition.entries()) messages.push(messageOf(record, each));
  };
  const first = written === undefined && output.rows.length > 0;
  // Event time may look younger behind a restart; what was told is not taken back.
  const moved = watermark > Number(written ?? Number.NEGATIVE_INFINITY);
  // Readers know of this task before its first row.
  if (first) tell(Number.NEGATIVE_INFINITY);
  for (const message of rows.messages(output.rows))
    byPartition[message.partition as number]?.push(message);
  if (moved) tell(watermark);
  const own = (topic: string, messages: readonly Message[]) => ({ topic, partition, messages });
  const parts = [
    ...byPartition.map((messages, each) => ({ topic: target.name, partition: each, messages })),
    own(
      topics.deadLetters,
      output.dead.map((letter) => deadLetterMessage(letter, job)),
    ),
    own(
      topics.sideOutputs,
      output.aside.map((element) => sideOutputMessage(element, job)),
    ),
  ];
  return {
    parts: parts.filter(({ messages }) => messages.length > 0),
    watermark: moved ? String(watermark) : first ? '-Infinity' : written,
  };
}
