import {
  type EpochCommit,
  type EpochOutput,
  type NewRecord,
  type TaskId,
  tellWatermark,
} from '@streamify/core/adapter';
import type { Message } from 'kafkajs';
import { messageOf } from '../produce/message-of.ts';
import type { PartitionMessages } from '../produce/requests-of.ts';
import { closingMessage, deadLetterMessage } from './dead-letter-message.ts';
import type { JobTopics } from './job-topics.ts';
import type { RowEncoder } from './row-encoder.ts';
import { sideOutputMessage } from './side-output-message.ts';

/** A topic that rows go to, and the encoder that makes messages of them. */
export interface TopicTarget {
  readonly name: string;
  readonly partitions: number;
  /** Whether it carries watermarks. */
  readonly watermarks: boolean;
  readonly rows: Pick<RowEncoder, 'messages' | 'refusal'>;
}

/** Where the messages of a task go. */
export interface EpochMessagesOptions {
  readonly task: TaskId;
  readonly target: TopicTarget;
  /** Topics of named outputs. */
  readonly named: ReadonlyMap<string, TopicTarget>;
  readonly topics: JobTopics;
}

/** The messages of an epoch beside its checkpoint, and the last watermark that its topics carry behind them. */
export interface EpochMessages {
  readonly parts: readonly PartitionMessages[];
  readonly watermark: string | undefined;
}

/** Makes the messages of an epoch. `told` is the last watermark that its topics carry already. */
export function epochMessages(
  { task, target, named, topics }: EpochMessagesOptions,
  { watermark }: EpochCommit,
  output: EpochOutput<unknown>,
  told: string | undefined,
): EpochMessages {
  const { job, partition } = task;
  const rows = new Map<TopicTarget, Message[]>([[target, target.rows.messages(output.rows)]]);
  for (const [name, other] of named)
    rows.set(other, other.rows.messages(output.named.get(name)?.rows ?? []));
  const hasRows = [...rows.values()].some(({ length }) => length > 0);
  const tell = tellWatermark(task, { watermark, hasRows }, told);
  const own = (topic: string, messages: readonly Message[]) => ({ topic, partition, messages });
  const parts = [
    ...partsOf(rows, tell),
    own(topics.deadLetters, [
      ...output.dead.map((letter) => deadLetterMessage(letter, job)),
      ...output.redriven.map((letter) => closingMessage(letter, job)),
    ]),
    own(
      topics.sideOutputs,
      output.aside.map((element) => sideOutputMessage(element, job)),
    ),
  ];
  return { parts: parts.filter(({ messages }) => messages.length > 0), watermark: tell.told };
}

const nameOf = ({ name }: TopicTarget) => name;

/** Rows by topic and partition, between the watermark records before and behind them. */
function partsOf(
  rows: ReadonlyMap<TopicTarget, readonly Message[]>,
  told: { readonly before: NewRecord | undefined; readonly behind: NewRecord | undefined },
): readonly PartitionMessages[] {
  const byTopic = new Map<string, Message[][]>();
  const carrying = new Set([...rows.keys()].filter((each) => each.watermarks).map(nameOf));
  const toAll = (record: NewRecord | undefined) => {
    if (!record) return;
    for (const [topic, partitions] of byTopic) {
      if (!carrying.has(topic)) continue;
      for (const [each, messages] of partitions.entries()) messages.push(messageOf(record, each));
    }
  };
  for (const { name, partitions } of rows.keys())
    if (!byTopic.has(name))
      byTopic.set(
        name,
        Array.from({ length: partitions }, () => []),
      );
  toAll(told.before);
  for (const [{ name }, messages] of rows) {
    const partitions = byTopic.get(name);
    for (const message of messages) partitions?.[message.partition as number]?.push(message);
  }
  toAll(told.behind);
  return [...byTopic].flatMap(([topic, partitions]) =>
    partitions.map((messages, partition) => ({ topic, partition, messages })),
  );
}
