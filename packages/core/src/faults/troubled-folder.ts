import { join } from 'node:path';
import { avroDecoder } from '../codec/avro-codec.ts';
import { isWatermarkRecord } from '../codec/watermark-record.ts';
import { nodeFolder } from '../durable/node-folder.ts';
import { Play } from '../fixtures/plays-log.ts';
import { storedFiles } from '../fixtures/stored-files.ts';
import { fileLog } from '../log/file/file-log.ts';
import { JOB, linesOf } from './delivered.ts';
import { Sum, TARGET_PARTITIONS } from './worker-job.ts';

/** Makes the input of a worker: a log in the folder, with these plays in one partition. */
export async function publishPlays(dir: string, plays: readonly Play[]): Promise<void> {
  const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
  await log.createTopic('plays', { partitions: 1 });
  await log.topic('plays', Play).publish(plays);
  await log.close();
}

/** What workers have delivered into files of the folder, read without the sink. */
export async function deliveredFiles(dir: string): Promise<readonly string[]> {
  const { counts, ...stored } = await storedFiles(nodeFolder(join(dir, 'out')));
  return linesOf({ ...stored, counts: counts[JOB] ?? {} });
}

/** What workers have delivered into the topic of sums, and into files beside it. */
export async function deliveredRecords(
  dir: string,
  sink = join(dir, 'out'),
): Promise<readonly string[]> {
  const { counts, ...stored } = await storedFiles(nodeFolder(sink));
  return linesOf({ ...stored, rows: await sumsIn(dir), counts: counts[JOB] ?? {} });
}

async function sumsIn(dir: string): Promise<Sum[]> {
  const log = await fileLog({ dir: join(dir, 'log'), mode: 'read' });
  const decoder = avroDecoder(Sum, log.registry);
  const sums: Sum[] = [];
  for (let partition = 0; partition < TARGET_PARTITIONS; partition++) {
    const reader = await log.reader('sums', partition);
    const all = { from: 0, maxRecords: 1e6, maxBytes: 1e9, maxWait: 0 };
    const { records } = await reader.poll(all);
    const rows = records.filter((record) => !isWatermarkRecord(record));
    await decoder.prepare(rows);
    for (const record of rows) sums.push({ ...decoder.decode(record) });
    await reader.close();
  }
  await log.close();
  return sums;
}
