import { type EventLog, fileLog } from '@streamify/core';
import type { DataDir } from './data-dir.ts';
import { findKafka } from './kafka/find-kafka.ts';
import { openKafkaRun } from './kafka/kafka-run.ts';
import { inFormat } from './log-format.ts';
import { shown, startProgress } from './progress.ts';

/** The log of a run, and where that is, for people. */
export interface OpenLog {
  readonly log: EventLog;
  readonly where: string;
}

/** Opens the log of a run: the topics that it has in Kafka, or files in its folder. */
export async function openLog({ run, format, log: dir }: DataDir): Promise<OpenLog> {
  if (run !== undefined) {
    const progress = startProgress('kafka');
    const place = await findKafka((line) => progress.end(line));
    const where = `topics ${run}.* of Kafka at ${place.brokers.join(', ')}`;
    return { log: openKafkaRun(place, run).log, where };
  }
  const log = await fileLog({
    dir,
    onRecovered: ({ file, droppedBytes, keptRecords }) =>
      process.stdout.write(
        `recovered  ${file}: kept ${shown(keptRecords)} whole records of an unfinished write, dropped ${shown(droppedBytes)} bytes\n`,
      ),
  });
  return { log: inFormat(log, format), where: dir };
}
