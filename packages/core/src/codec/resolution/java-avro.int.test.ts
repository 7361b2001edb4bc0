import { isDeepStrictEqual } from 'node:util';
import { missingForJava } from '@streamify/test-kit';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordSchema } from '../../contract/event-type.ts';
import {
  compareReadings,
  type Departures,
  type Reading,
  report,
  type TheirRead,
} from '../../fixtures/avro/compare-readings.ts';
import { type Dice, dice } from '../../fixtures/avro/dice.ts';
import { isRescaled, isSameValue } from '../../fixtures/avro/is-same-value.ts';
import {
  javaAvro,
  javaReads,
  javaWrites,
  type WrittenByUs,
} from '../../fixtures/avro/java-avro.ts';
import { attempt, type OurRead, ourRead, typeOf } from '../../fixtures/avro/our-read.ts';
import { type SchemaTrial, schemaTrials } from '../../fixtures/avro/schema-trials.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { avroEncoder } from '../avro-codec.ts';
import { memoryRegistry } from '../memory-registry.ts';
import { schemaFingerprint } from '../schema-fingerprint.ts';
import { topicCodec } from '../topic-codec.ts';

const missing = await missingForJava(javaAvro);
const seed = 20_261_127;
const count = 3_000;

const logical = String.raw`(date|(local-)?time(stamp)?-\w+|decimal\(.*?\)|uuid|string)`;
const otherLogical = new RegExp(`was written as ${logical}, which is not read as ${logical}:`);

/** Where Java does not do what the specification says, or does less than we: how it is told, and why. */
const departures: Departures = {
  // Java takes the writer's number for one of the reader's unit or scale: 5 ms are 5 µs.
  'converted by us, since another unit or scale was declared': ({ reader, ours, theirs }) =>
    isRead({ ours, theirs }) &&
    !isSameValue(reader, ours.value, theirs.value) &&
    isSameValue(reader, ours.value, theirs.value, isRescaled),
  // The same: a date becomes a timestamp of so many milliseconds.
  'refused by us, since another logical type was declared': ({ ours, theirs }) =>
    !theirs.error && otherLogical.test(ours.error ?? ''),
  // The same: of a decimal that has more digits than were declared, too.
  'refused by us, since the declared decimal is too narrow': ({ ours, theirs }) =>
    !theirs.error && /which does not fit decimal/.test(ours.error ?? ''),
  // A long is no int, but these are the same time of day.
  'read by us, since microseconds are converted': ({ reader, ours, theirs }) =>
    !ours.error &&
    /Found long, expecting (int|union\[.*int)/.test(theirs.error ?? '') &&
    JSON.stringify(reader).includes('time-millis'),
  // Java puts a replacement character in the place of what is no text.
  'refused by us, since bytes are no text': ({ ours, theirs }) =>
    !theirs.error && /these are no text in UTF-8/.test(ours.error ?? ''),
  // The specification compares unqualified names. Java compares full ones, of enums and fixed, and of
  // the record whose fields have aliases.
  'read by us, since namespaces do not count': ({ ours, theirs }) =>
    !ours.error && /Found (com\.acme\.)?[EFR]\d+, expecting/.test(theirs.error ?? ''),
  // The specification says that both names match. Java does not compare those of records, but in unions.
  'refused by us, since records have other names': ({ ours, theirs }) =>
    !theirs.error &&
    /was written as record .* which is not (read as a union of .*)?record/.test(ours.error ?? ''),
  // Java converts what it has converted again if the writer had it in a union.
  'read by us, since logical types are converted once': ({ ours, theirs }) =>
    !ours.error &&
    /^AvroRuntimeException: Cannot convert .*: expected generic type/.test(theirs.error ?? ''),
};

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

type Both = { readonly ours: OurRead; readonly theirs: TheirRead };
const isRead = ({ ours, theirs }: Both) => !ours.error && !theirs.error;

const singleObjects = (reader: RecordSchema, ...writtenWith: readonly RecordSchema[]) =>
  topicCodec<unknown>({
    topic: 'any',
    type: typeOf(reader),
    registry: memoryRegistry(),
    format: 'single-object',
    writtenWith,
  });

/** A value with one of its parts changed to another. */
function changed(value: unknown, roll: Dice): unknown {
  if (value instanceof Uint8Array) return Buffer.concat([value, Buffer.of(1)]);
  if (typeof value === 'number') return value === 7 ? 8 : 7;
  if (typeof value === 'string')
    return value.replace(/^-?|$/, (start) => (start === '-' ? '' : '7'));
  if (typeof value !== 'object' || value === null) return value === true ? false : 'changed';
  if (Array.isArray(value)) return [...value, null];
  const names = Object.keys(value);
  if (names.length === 0) return { more: null };
  const name = roll.pick(names);
  return { ...value, [name]: changed((value as Record<string, unknown>)[name], roll) };
}

describe.skipIf(missing)(`Apache's Avro for Java${missing ? ` (needs ${missing})` : ''}`, () => {
  const trials = schemaTrials(seed, count);
  let readings: readonly OurRead[];
  let written: Awaited<ReturnType<typeof javaWrites>>;
  let found: readonly (SchemaTrial & Both)[];
  /** What we read of it, and can write. */
  let values: readonly { readonly reader: RecordSchema; readonly value: unknown }[];

  beforeAll(async () => {
    if (missing) return;
    written = await javaWrites(trials);
    readings = await Promise.all(trials.map((trial, i) => ourRead(trial, written[i]?.bytes ?? '')));
    found = trials.map((trial, i) => ({
      ...trial,
      ours: readings[i] as OurRead,
      theirs: written[i] as TheirRead,
    }));
    values = found.flatMap(({ reader, ours: { value } }) =>
      value === undefined ? [] : [{ reader, value }],
    );
  }, 300_000);

  /** Which of our values Java does not read as what they are, however they are written. */
  const misread = async (bytesOf: (each: (typeof values)[number]) => Promise<WrittenByUs>) => {
    const writings = values.map(async (each) => ({
      writer: each.reader,
      reader: each.reader,
      ...(await bytesOf(each)),
    }));
    const theirs = await javaReads(await Promise.all(writings));
    return values.flatMap((each, i) => {
      const { value, rest = 0, error } = theirs[i] as TheirRead;
      const isRead = error === undefined && rest === 0;
      const isSame = isRead && isSameValue(each.reader, each.value, value);
      return isSame ? [] : [{ ...each, theirs: theirs[i] }];
    });
  };

  it('reads what we read of what it wrote, and refuses what we refuse', () => {
    const { tally, wrong } = compareReadings(found, departures);
    report('what Java wrote', tally);
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(tally['read to the same value']).toBeGreaterThan(count / 2);
    expect(tally['refused by both']).toBeGreaterThan(count / 20);
    for (const departure of Object.keys(departures))
      expect(tally[departure] ?? 0, departure).toBeLessThan(count / 10);
  });

  it('is seen to differ in any one part of a value, and in what is refused (a control)', () => {
    const roll = dice(seededRandom(seed));
    const same = found.filter(
      ({ reader, ours, theirs }) =>
        isRead({ ours, theirs }) && isSameValue(reader, ours.value, theirs.value),
    );
    const others = same.map((each) => ({
      ...each,
      ours: { value: changed(each.ours.value, roll) },
    }));
    const refused = same.map((each) => ({ ...each, ours: { error: 'cannot decode it' } }));
    const unread = same.map((each) => ({ ...each, theirs: { error: 'AvroTypeException: Found' } }));
    const all: readonly (readonly Reading[])[] = [others, refused, unread];
    for (const flawed of all)
      expect(compareReadings(flawed, departures).wrong.length).toBe(same.length);
  });

  it('has been given every logical type, on each type that can have it', () => {
    const kinds = new Set<string>();
    JSON.stringify(values, (_key, part: { type?: unknown; logicalType?: unknown } | null) => {
      if (typeof part?.logicalType === 'string') kinds.add(`${part.logicalType} on ${part.type}`);
      return part;
    });
    expect([...kinds].sort()).toEqual([
      'date on int',
      'decimal on bytes',
      'decimal on fixed',
      'local-timestamp-micros on long',
      'local-timestamp-millis on long',
      'time-micros on long',
      'time-millis on int',
      'timestamp-micros on long',
      'timestamp-millis on long',
      'uuid on fixed',
      'uuid on string',
    ]);
  });

  it('reads what we write', async () => {
    const wrong = await misread(async ({ reader, value }) => ({
      bytes: hexOf(avroEncoder(typeOf(reader), 1).encode(value).subarray(5)),
    }));
    report('what we wrote', { values: values.length, wrong: wrong.length });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(values.length).toBeGreaterThan(count / 2);
  }, 120_000);

  it('gives schemas the fingerprints that we give them', () => {
    const records = trials.flatMap(({ writer }, i) =>
      Array.isArray(writer) ? [] : [{ writer, theirs: written[i]?.fingerprint }],
    );
    const ours = records.map(({ writer }) => hexOf(schemaFingerprint(writer as RecordSchema)));
    report('fingerprints', { schemas: records.length });
    expect(ours).toEqual(records.map(({ theirs }) => theirs));
  });

  it('writes single objects that we read as what it writes bare', async () => {
    const records = found.flatMap((each, i) =>
      Array.isArray(each.writer) ? [] : [{ ...each, single: written[i]?.single ?? '' }],
    );
    const wrong = records.filter(({ writer, reader, ours, single }) => {
      const decoder = singleObjects(reader, writer as RecordSchema).decoder();
      const read = attempt(() => decoder.decode({ value: Buffer.from(single, 'hex') }));
      return !isDeepStrictEqual(read.value, ours.value) || !read.error !== !ours.error;
    });
    report('single objects that Java wrote', { values: records.length, wrong: wrong.length });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(records.length).toBeGreaterThan(count / 2);
  });

  it('reads single objects that we write', async () => {
    const wrong = await misread(async ({ reader, value }) => {
      const { encode } = await singleObjects(reader).encoder();
      return { single: hexOf(encode(value)) };
    });
    report('single objects that we wrote', { values: values.length, wrong: wrong.length });
    expect(wrong.slice(0, 3)).toEqual([]);
  }, 120_000);
});
