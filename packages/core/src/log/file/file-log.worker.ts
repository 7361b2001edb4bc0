import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { tell, workerJob } from '@streamify/test-kit/worker';
import { LogLockedError } from '../../contract/errors.ts';
import type { EventLog, NewRecord } from '../../contract/event-log.ts';
import { fileLog } from './file-log.ts';

/*
 * A process that the tests of the file log start and kill.
 */

/** What the worker is to do. */
export interface FileLogJob {
  readonly dir: string;
  readonly task: 'hold' | 'publish' | 'publish-acknowledging-early' | 'delete' | 'delete-in-place';
  /** The number of its first record. Default 0. */
  readonly first?: number;
}

/** What the worker reports. */
export type WorkerReport =
  | { readonly opened: true }
  | { readonly refusedBy: number }
  | { readonly acknowledged: readonly [first: number, last: number] }
  | { readonly made: number }
  | { readonly deleted: number };

const report = (message: WorkerReport) => tell(message);

/** Publishes numbered records without end, three publishes at a time. */
async function publish(dir: string, first: number, acknowledgeEarly: boolean): Promise<void> {
  const log = await fileLog({ dir, segmentBytes: 4_000_000 });
  await log.createTopic('plays', { partitions: 2 });
  report({ opened: true });
  let next = first;
  const producer = async () => {
    let behind: readonly NewRecord[] = [];
    for (;;) {
      const start = next;
      const count = 1 + Math.floor(Math.random() * 400);
      next += count;
      const records = Array.from({ length: count }, (_, i) => ({
        key: `listener ${(start + i) % 7}`,
        value: Buffer.from(`${start + i} `.padEnd(Math.floor(Math.random() * 3_000), 'x')),
      }));
      const acknowledge = () => report({ acknowledged: [start, start + count - 1] });
      // The broken variant is one publish behind, so that a kill always finds it out.
      if (acknowledgeEarly) acknowledge();
      await log.publish('plays', acknowledgeEarly ? behind : records);
      behind = records;
      if (!acknowledgeEarly) acknowledge();
    }
  };
  await Promise.all([producer(), producer(), producer()]);
}

/** Makes a topic with records of one number, deletes it, and so on with the next number, without end. */
async function makeAndDelete(
  dir: string,
  first: number,
  deleteTopic: (log: EventLog) => Promise<void>,
): Promise<void> {
  const log = await fileLog({ dir, durability: 'os' });
  await log.deleteTopic('plays');
  for (let n = first; ; n++) {
    await log.createTopic('plays', { partitions: 8 });
    await log.publish(
      'plays',
      Array.from({ length: 80 }, (_, i) => ({
        key: `listener ${n % 7}`,
        value: Buffer.from(`${n}`),
        partition: i % 8,
      })),
    );
    report({ made: n });
    await deleteTopic(log);
    report({ deleted: n });
  }
}

/** The broken variant: a topic goes partition by partition. */
async function deleteInPlace(dir: string): Promise<void> {
  for (let partition = 0; partition < 8; partition++) {
    await rm(join(dir, 'topics', 'plays', String(partition)), { recursive: true });
    report({ deleted: -1 });
    await setTimeout(100);
  }
}

/** Takes the log, and holds it until the process is killed. */
async function hold(dir: string): Promise<void> {
  try {
    await fileLog({ dir });
    report({ opened: true });
    setInterval(() => undefined, 1_000_000);
  } catch (error) {
    if (!(error instanceof LogLockedError)) throw error;
    report({ refusedBy: error.pid });
  }
}

const { dir, task, first = 0 } = workerJob<FileLogJob>();
if (task === 'hold') await hold(dir);
else if (task === 'delete') await makeAndDelete(dir, first, (log) => log.deleteTopic('plays'));
else if (task === 'delete-in-place') await makeAndDelete(dir, first, () => deleteInPlace(dir));
else await publish(dir, first, task === 'publish-acknowledging-early');
