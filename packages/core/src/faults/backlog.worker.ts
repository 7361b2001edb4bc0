import { setTimeout as delay } from 'node:timers/promises';
import { Play } from '@streamify/test-kit/plays';
import { tell, workerJob } from '@streamify/test-kit/worker';
import { bufferCount, concatMap, lastValueFrom, Observable } from 'rxjs';
import { avroDecoder } from '../codec/avro-codec.ts';
import { rowOf, type StreamEvent } from '../contract/event.ts';
import type { Sink } from '../contract/sink.ts';
import { run } from '../job/run.ts';
import { fileLog } from '../log/file/file-log.ts';

/*
 * A process with little memory. It publishes a backlog, or brings it into a slow sink, and then
 * tells how often each thousand of ids got there.
 */

/** What the worker is to do. */
export interface BacklogJob {
  readonly dir: string;
  readonly events: number;
  readonly task: 'publish' | 'engine' | 'naive';
}

/** How slow the sink is: slower than a log can be read by far. */
const MICROSECONDS_A_ROW = 5;

const { dir, events, task } = workerJob<BacklogJob>();
const log = await fileLog({ dir, mode: task === 'publish' ? 'write' : 'read', durability: 'os' });
const topic = log.topic('plays', Play);

/** How often each id has arrived. Outside of the heap that is limited. */
const arrived = new Uint8Array(events);

/** Takes its time, in proportion to the rows. */
async function write(plays: readonly Play[]): Promise<void> {
  await delay((plays.length * MICROSECONDS_A_ROW) / 1_000);
  for (const { id } of plays) arrived[id] = (arrived[id] ?? 0) + 1;
}

async function publish(): Promise<void> {
  await log.createTopic('plays', { partitions: 1 });
  for (let first = 0; first < events; first += 20_000)
    await topic.publish(
      Array.from({ length: Math.min(20_000, events - first) }, (_, i) => {
        const id = first + i;
        return { id, listener: `u${id % 7}`, at: id };
      }),
    );
}

const slowSink: Sink<StreamEvent<Play>> = {
  store: 'arrived',
  target: 'arrived',
  deadLetters: async () => [],
  open: async () => ({
    checkpoint: undefined,
    refusal: () => undefined,
    refusalOf: () => undefined,
    commit: (_, { rows }) => write(rows.map((row) => rowOf(row))),
    close: async () => {},
  }),
};

/** As fast as the log can be read, as RxJS has no back-pressure. */
function naiveSource(): Observable<Play> {
  return new Observable((subscriber) => {
    const read = async () => {
      const reader = await log.reader('plays', 0);
      const { end } = await reader.bounds();
      const decoder = avroDecoder(Play, log.registry);
      for (let from = 0; from < end; ) {
        const slice = await reader.poll({ from, maxRecords: 5_000, maxBytes: 1e6, maxWait: 0 });
        await decoder.prepare(slice.records);
        for (const record of slice.records) subscriber.next(decoder.decode(record));
        from = slice.next;
      }
      subscriber.complete();
    };
    read().catch((cause: unknown) => subscriber.error(cause));
  });
}

if (task === 'publish') await publish();
else if (task === 'naive')
  await lastValueFrom(naiveSource().pipe(bufferCount(1_000), concatMap(write)));
else
  await run({
    name: 'backlog',
    from: topic,
    through: (plays$) => plays$,
    into: slowSink,
    atEnd: 'stop',
    maxFutureSkew: Number.POSITIVE_INFINITY,
  });
await log.close();

for (let first = 0; first < events && task !== 'publish'; first += 1_000)
  tell(
    `from ${first}: ${arrived.subarray(first, first + 1_000).reduce((n, times) => n + times, 0)}`,
  );
