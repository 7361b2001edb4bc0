import { type EventType, memoryRegistry, type RecordSchema } from '@streamify/core';
import { avroDecoder } from '@streamify/core/adapter';
import { topics } from '@streamify/models';
import { describe, expect, test } from 'vitest';
import { simulateBatches } from '../simulate.ts';
import type { SimulationOptions } from '../simulation-options.ts';
import { drain, sourceOf } from '../testing/records.ts';
import { RecordBlock } from './record-block.ts';
import { topicOrder } from './record-writer.ts';

// Long sessions have items of more than one byte; who has registered before 1970 a time below 0.
const early: SimulationOptions = {
  users: 150,
  start: '1970-01-02',
  days: 20,
  seed: 4,
  growthRate: 1,
};

describe('Avro records', () => {
  test.each([
    ['now', { users: 150, days: 20, seed: 4, growthRate: 2, tag: 'é' } as SimulationOptions],
    ['in 1970', early],
  ])('decode to the events, with the codec of core, %s', async (_, options) => {
    const registry = memoryRegistry();
    const schemaIds = await Promise.all(
      topicOrder.map((topic) => registry.register(`${topic}-value`, topics[topic].schema)),
    );
    const format = { kind: 'avro', schemaIds, keyed: true } as const;
    const found = await drain(sourceOf(options, format), format);
    const batches = [...simulateBatches(options)].map(({ events }) => events);
    for (const [i, topic] of topicOrder.entries()) {
      const type: EventType<RecordSchema, unknown> = topics[topic];
      const decoder = avroDecoder(type, registry);
      const records = (found[i] ?? []).map((value) => ({ value }));
      await decoder.prepare(records);
      const expected = batches.flatMap((events): readonly object[] => events[topic]);
      expect(records.map((record) => decoder.decode(record))).toEqual(expected);
      expect(expected.length).toBeGreaterThan(0);
    }
  });

  test('have the device as their key', async () => {
    const options = { users: 30, days: 5 };
    const format = { kind: 'avro', keyed: true } as const;
    const source = sourceOf(options, format);
    const block = new RecordBlock(4, 100_000);
    await source.peek();
    await source.fill(block, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    const views = [...simulateBatches(options)].flatMap(({ events }) => events.page_view_events);
    expect(block.keys).toEqual(views.map(({ deviceId }) => deviceId));
    expect(block.eventIdOf(3)).toBe(views[3]?.eventId);
  });
});
