import { avroDecoder } from '../codec/avro-codec.ts';
import { defineEvent } from '../codec/define-event.ts';
import { isWatermarkRecord } from '../engine/watermark-record.ts';
import type { EventLog, LogRecord } from '../log/event-log.ts';
import type { Folder } from '../sink/folder.ts';
import { appendingSink } from '../sink/log-sink.ts';
import { TopicAppender } from '../sink/topic-appender.ts';
import { type ContractRow, contractSchema } from './contract-row.ts';
import { failingTurns } from './failing-turns.ts';
import type { SinkUnderTest } from './sink-harness.ts';
import { storedFiles } from './stored-files.ts';

/** Rows of the contract as events of a topic. */
export const ContractEvent = defineEvent(contractSchema, { time: 'at', key: 'id' });

/** The topic that log sinks are tested with, and its partitions. */
export const TARGET = 'target';
export const TARGET_PARTITIONS = 3;

/** The records of one partition of the target, watermarks included. */
export async function targetRecords(
  log: EventLog,
  partition: number,
): Promise<readonly LogRecord[]> {
  const reader = await log.reader(TARGET, partition);
  const all = { from: 0, maxRecords: 1e9, maxBytes: 1e9, maxWait: 0 };
  const { records } = await reader.poll(all);
  await reader.close();
  return records;
}

/** The rows in the target, partition by partition. */
export async function targetRows(log: EventLog): Promise<ContractRow[]> {
  const decoder = avroDecoder(ContractEvent, log.registry);
  const rows: ContractRow[] = [];
  for (let partition = 0; partition < TARGET_PARTITIONS; partition++) {
    const records = await targetRecords(log, partition);
    const events = records.filter((record) => !isWatermarkRecord(record));
    await decoder.prepare(events);
    rows.push(...events.map((record) => decoder.decode(record)));
  }
  return rows;
}

/** A log sink on a log and a folder of any kind, for the contract. */
export async function logSinkUnderTest(
  log: EventLog,
  folder: Folder,
  close: () => Promise<void>,
): Promise<SinkUnderTest> {
  await log.createTopic(TARGET, { partitions: TARGET_PARTITIONS });
  const topic = log.topic(TARGET, ContractEvent);
  const turns = failingTurns(folder);
  return {
    sink: appendingSink(topic, new TopicAppender(log, TARGET, turns.folder)),
    async stored() {
      const { aside, dead, counts } = await storedFiles(folder);
      return { rows: await targetRows(log), aside, dead, counts };
    },
    reopen: async () => appendingSink(topic, new TopicAppender(log, TARGET, folder)),
    failNextCommit: turns.failNextCommit,
    close,
  };
}
