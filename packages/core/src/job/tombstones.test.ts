import { Play, plays } from '@streamify/test-kit/plays';
import { map } from 'rxjs';
import { expect, it } from 'vitest';
import type { StreamEvent } from '../contract/event.ts';
import type { TopicOptions } from '../contract/topic-codec.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { memorySink } from '../sink/memory/memory-sink.ts';
import { run } from './run.ts';

const ids = map(({ value }: StreamEvent<Play>) => value.id);

/** Three plays in JSON, of which the second is withdrawn, and one record that is no JSON. */
async function runOver(options: TopicOptions) {
  const log = memoryLog();
  await log.createTopic('plays', { partitions: 1 });
  const from = log.topic('plays', Play, { format: 'json', ...options });
  await from.publish(plays(2));
  await log.publish('plays', [
    { key: 'ann', value: new Uint8Array() },
    { key: 'ann', value: Buffer.from('nothing') },
  ]);
  await from.publish(plays(1, 2));
  const into = memorySink<number>();
  const { counts } = await run({ name: 'job', from, through: ids, into, atEnd: 'stop' });
  return { rows: into.rows, dead: into.dead.map(({ reason }) => reason), counts };
}

const broken = 'cannot decode Play: it is not JSON';

it('passes over records without a value, and counts them', async () => {
  expect(await runOver({})).toEqual({
    rows: [0, 1, 2],
    dead: [expect.stringContaining(broken)],
    counts: { in: 5, out: 3, dead: 1, tombstones: 1 },
  });
});

it('makes dead letters of them where the topic says so', async () => {
  expect(await runOver({ tombstones: 'dead-letter' })).toEqual({
    rows: [0, 1, 2],
    dead: ['the record has no value: it is a tombstone', expect.stringContaining(broken)],
    counts: { in: 5, out: 3, dead: 2 },
  });
});
