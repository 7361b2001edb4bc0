import { memoryRegistry } from '@streamify/core';
import { avroDecoder } from '@streamify/core/adapter';
import { PageViewEvent } from '@streamify/models';
import { describe, expect, test } from 'vitest';
import { RecordBlock } from '../records/record-block.ts';
import { listsOf, type RecordFormat } from '../records/record-format.ts';
import { topicOrder } from '../records/record-writer.ts';
import { digestOf, drain, lines, sourceOf, split } from '../testing/records.ts';
import { type FaultLabel, type FaultState, faultInjector } from './fault-injector.ts';
import type { FaultRates } from './fault-rates.ts';

const options = { users: 100, days: 10, seed: 5 };
const withIds: RecordFormat = { kind: 'json', ids: true, together: false, keyed: false };

/** A run with faults, in blocks of some size, stopped and gone on with every so many blocks. */
async function faulty(
  rates: FaultRates,
  {
    format = withIds,
    capacity = 100,
    restartEvery = Number.POSITIVE_INFINITY,
    newerSchemaIds = [] as number[],
  } = {},
) {
  const source = sourceOf(options, format);
  const block = new RecordBlock(listsOf(format), capacity);
  const records = block.lists.map((): Buffer[] => []);
  const labels: FaultLabel[] = [];
  const make = (from?: FaultState) =>
    faultInjector({ seed: 1, rates, format, newerSchemaIds }, from);
  let injector = make();
  const take = (out: ReturnType<typeof injector.apply>): void => {
    for (const [i, list] of out.block.lists.entries()) records[i]?.push(...split(list));
    labels.push(...out.labels);
  };
  for (let blocks = 1; (await source.peek()) !== undefined; blocks++) {
    block.clear();
    await source.fill(block, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    take(injector.apply(block));
    if (blocks % restartEvery === 0)
      injector = make(JSON.parse(JSON.stringify(injector.state)) as FaultState);
  }
  take(injector.end());
  return { records, labels };
}

const clean = await drain(sourceOf(options, withIds), withIds);
const count = clean.flat().length;
const idOf = (record: Buffer) => (JSON.parse(record.toString()) as { eventId: string }).eventId;

const named = ({ records, labels }: Awaited<ReturnType<typeof faulty>>) => ({
  records: records.map(digestOf),
  labels: JSON.stringify(labels),
});

/** The record that a label points to. */
const at = (records: readonly Buffer[][], { topic, record }: FaultLabel) =>
  records[topicOrder.indexOf(topic as (typeof topicOrder)[number])]?.[record - 1] ??
  Buffer.alloc(0);

describe('faults', () => {
  test('at a rate of 0 leave everything as it is', async () => {
    const { records, labels } = await faulty({});
    expect(records.map(digestOf)).toEqual(clean.map(digestOf));
    expect(labels).toEqual([]);
  });

  test('come at their rates', async () => {
    const rates = {
      duplicates: 0.02,
      late: 0.03,
      outOfOrder: 0.04,
      malformed: 0.05,
      schemaV2: 0.06,
    };
    const { labels } = await faulty(rates);
    for (const [name, rate] of Object.entries(rates)) {
      const share = labels.filter(({ fault }) => fault === name).length / count;
      expect(share).toBeGreaterThan(rate * 0.6);
      expect(share).toBeLessThan(rate * 1.4);
    }
  });

  test('are the same in blocks of any size, and across restarts', async () => {
    const rates = {
      duplicates: 0.05,
      late: 0.05,
      outOfOrder: 0.05,
      malformed: 0.05,
      schemaV2: 0.05,
    };
    const once = named(await faulty(rates));
    expect(named(await faulty(rates, { capacity: 1 }))).toEqual(once);
    expect(named(await faulty(rates, { capacity: 33, restartEvery: 7 }))).toEqual(once);
  });

  test('duplicates are the records again, a little later', async () => {
    const { records, labels } = await faulty({ duplicates: 0.1 });
    expect(records.flat().length).toBe(count + labels.length);
    for (const label of labels) {
      const copy = at(records, label);
      expect(idOf(copy)).toBe(label.eventId);
      const all = records[topicOrder.indexOf(label.topic as 'listen_events')] ?? [];
      const near = all.slice(Math.max(0, label.record - 45), label.record - 1);
      expect(near.some((record) => record.equals(copy))).toBe(true);
    }
  });

  test.each(['late', 'outOfOrder'] as const)(
    '%s moves records behind later ones, and loses none',
    async (fault) => {
      const { records, labels } = await faulty({ [fault]: 0.05 });
      const sorted = (lists: readonly Buffer[][]) =>
        lists.map((list) => digestOf(list.toSorted(Buffer.compare)));
      expect(sorted(records)).toEqual(sorted(clean));
      const delays = labels.map((label) => {
        expect(idOf(at(records, label))).toBe(label.eventId);
        const all = records[topicOrder.indexOf(label.topic as 'listen_events')] ?? [];
        // Of so many before it, one is later than those that are on their way.
        const before = all
          .slice(Math.max(0, label.record - 45), label.record - 1)
          .map((record) => (JSON.parse(record.toString()) as { ts: number }).ts);
        return Math.max(...before) - label.ts;
      });
      const least = fault === 'late' ? 60_000 : 1;
      const moved = delays.filter((delay) => delay >= least).length / delays.length;
      expect(moved).toBeGreaterThan(0.6);
    },
  );

  test('malformed lines cannot be parsed, and all others can', async () => {
    const { records, labels } = await faulty({ malformed: 0.05 });
    const bad = new Set(labels.map((label) => at(records, label)));
    expect(bad.size).toBeGreaterThan(100);
    for (const record of records.flat()) {
      expect(record.at(-1)).toBe(0x0a);
      expect(record.indexOf(0x0a)).toBe(record.length - 1);
      const parse = () => JSON.parse(record.toString()) as unknown;
      if (bad.has(record)) expect(parse).toThrow();
      else expect(parse()).toHaveProperty('eventId');
    }
  });

  test('malformed Avro does not decode, and a newer schema does, to the older', async () => {
    const registry = memoryRegistry();
    const { schema } = PageViewEvent;
    const added = { name: 'connection', type: ['null', 'string'], default: null } as const;
    const newerSchema = { ...schema, fields: [...schema.fields, added] };
    const id = await registry.register('v', schema);
    const newer = await registry.register('v', newerSchema);
    const format: RecordFormat = { kind: 'avro', schemaIds: [id, id, id, id], keyed: true };
    const { records, labels } = await faulty(
      { malformed: 0.05, schemaV2: 0.1 },
      { format, newerSchemaIds: [newer, newer, newer, newer] },
    );
    const views = records[0] ?? [];
    const decoder = avroDecoder(PageViewEvent, registry);
    await decoder.prepare(views.map((value) => ({ value })));
    const labelled = new Map(
      labels.filter(({ topic }) => topic === 'page_view_events').map((each) => [each.record, each]),
    );
    for (const [i, value] of views.entries()) {
      const label = labelled.get(i + 1);
      if (label?.fault === 'malformed') expect(() => decoder.decode({ value })).toThrow();
      else if (label) {
        expect(decoder.decode({ value }).eventId).toBe(label.eventId);
        expect(value.readInt32BE(1)).toBe(newer);
        expect(value.toString('latin1')).toMatch(/(wifi|cellular)$/);
      } else expect(value.readInt32BE(1)).toBe(id);
    }
  });

  test('records of a newer schema have a field more', async () => {
    const { records, labels } = await faulty({ schemaV2: 0.05 });
    for (const label of labels)
      expect(JSON.parse(at(records, label).toString())).toMatchObject({
        eventId: label.eventId,
        connection: expect.stringMatching(/^(wifi|cellular)$/),
      });
  });

  test('of lines together name their topic', async () => {
    const format: RecordFormat = { kind: 'json', ids: true, together: true, keyed: false };
    const { records, labels } = await faulty({ schemaV2: 0.05 }, { format });
    for (const { topic, record } of labels)
      expect(JSON.parse(records[0]?.[record - 1]?.toString() ?? '')).toMatchObject({ topic });
  });

  test.each<[FaultRates, string]>([
    [{ late: 1.5 }, 'late: expected a number from 0 to 1, found 1.5'],
    [{ late: 0.6, malformed: 0.5 }, 'the rates of faults add up to 1.1, more than 1'],
  ])('%o cannot be', (rates, message) => {
    expect(() => faultInjector({ seed: 1, rates, format: lines })).toThrow(message);
  });
});
