import { Play } from '@streamify/test-kit/plays';
import { describe, expect, it } from 'vitest';
import { OffsetOutOfRangeError, PartitionCountError } from '../contract/errors.ts';
import type { EventLog, NewRecord } from '../contract/event-log.ts';
import { memoryLog } from '../log/memory/memory-log.ts';
import { resumingPublisher } from './resuming-publisher.ts';
import { typedTopic } from './typed-topic.ts';

const partitions = 3;
const plays = Array.from({ length: 100 }, (_, id) => ({
  id,
  at: id,
  listener: `listener ${id % 7}`,
}));
const lines: readonly NewRecord[] = Array.from({ length: 20 }, (_, i) => ({
  key: 'no event',
  value: Buffer.from(`line ${i}`),
  ...(i % 2 === 0 && { partition: i % partitions }),
}));

const publisherOn = (log: EventLog, from?: readonly number[]) =>
  resumingPublisher(log.topic('plays', Play), { partitions, ...(from && { from }) });

/** What the source gives, in portions: values and records as they are by turns. */
async function publishAll(log: EventLog, until = Number.POSITIVE_INFINITY) {
  const publisher = await publisherOn(log);
  for (let i = 0; i < 10 && i < until; i++) {
    await publisher.publish(plays.slice(10 * i, 10 * i + 10));
    await publisher.publishRecords(lines.slice(2 * i, 2 * i + 2));
  }
  return publisher;
}

async function held(log: EventLog): Promise<string[][]> {
  return Promise.all(
    Array.from({ length: partitions }, async (_, partition) => {
      const reader = await log.reader('plays', partition);
      const limits = { maxRecords: 1_000, maxBytes: 1e6, maxWait: 0 };
      const { records } = await reader.poll({ ...limits, from: 0 });
      return records.map(({ value }) => Buffer.from(value).toString('hex'));
    }),
  );
}

async function undisturbed(): Promise<string[][]> {
  const log = memoryLog();
  await publishAll(log);
  return held(log);
}

/** The log, which stores some of a publish and then fails. */
function failingAt(log: EventLog, publish: number): EventLog {
  let left = publish;
  const failing: EventLog = {
    ...log,
    async publish(topic, records) {
      if (--left > 0) return log.publish(topic, records);
      await log.publish(topic, records.slice(0, 3));
      throw new Error('the disk is full');
    },
    topic: (name, type) => typedTopic(failing, name, type),
  };
  return failing;
}

describe('resumingPublisher', () => {
  it('publishes all that its source gives, and counts it', async () => {
    const log = memoryLog();
    const publisher = await publishAll(log);
    expect(publisher).toMatchObject({ count: 120, stored: 120, isBehind: false });
    expect((await held(log)).map(({ length }) => length)).toEqual(publisher.offsets);
  });

  it('passes over what an earlier run has published, and goes on behind it', async () => {
    const log = memoryLog();
    await publishAll(log, 4);
    const again = await publisherOn(log);
    expect(again).toMatchObject({ count: 0, stored: 48, isBehind: true });
    const publisher = await publishAll(log);
    expect(publisher).toMatchObject({ count: 120, stored: 120, isBehind: false });
    expect(await held(log)).toEqual(await undisturbed());
    await publishAll(log);
    expect(await held(log)).toEqual(await undisturbed());
  });

  it('goes on behind a publish of which a part is stored, and takes no more before', async () => {
    const log = memoryLog();
    const failing = failingAt(log, 4);
    const publisher = await publisherOn(failing);
    for (let i = 0; i < 3; i++) await publisher.publishRecords(lines.slice(5 * i, 5 * i + 5));
    const rest = lines.slice(15);
    await expect(publisher.publishRecords(rest)).rejects.toThrow('the disk is full');
    await expect(publisher.publishRecords(rest)).rejects.toThrow('the disk is full');
    const again = await publisherOn(log);
    expect(again.stored).toBe(18);
    await again.publishRecords(lines);
    const whole = memoryLog();
    await (await publisherOn(whole)).publishRecords(lines);
    expect(await held(log)).toEqual(await held(whole));
  });

  it('takes a source that goes on from where it was', async () => {
    const log = memoryLog();
    const first = await publisherOn(log);
    await first.publish(plays.slice(0, 30));
    const mark = first.offsets;
    await first.publish(plays.slice(30, 50));
    const second = await publisherOn(log, mark);
    await second.publish(plays.slice(30));
    expect(second).toMatchObject({ count: 70, stored: 100 });
    const whole = memoryLog();
    await (await publisherOn(whole)).publish(plays);
    expect(await held(log)).toEqual(await held(whole));
  });

  it('refuses a topic that ends before the source begins', async () => {
    const log = memoryLog();
    await publishAll(log, 1);
    await expect(publisherOn(log, [0, 0, 1_000])).rejects.toThrow(OffsetOutOfRangeError);
  });

  it('refuses a topic with another number of partitions, and a partition that it lacks', async () => {
    const log = memoryLog();
    const publisher = await publishAll(log);
    const more = resumingPublisher(log.topic('plays', Play), { partitions: 4 });
    await expect(more).rejects.toThrow(PartitionCountError);
    const odd = { key: 'a', value: Buffer.of(1), partition: 3 };
    await expect(publisher.publishRecords([odd])).rejects.toThrow(PartitionCountError);
  });
});
