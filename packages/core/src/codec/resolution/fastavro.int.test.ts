import { fileURLToPath } from 'node:url';
import { findPython, pythonVenv } from '@streamify/test-kit';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordSchema } from '../../contract/event-type.ts';
import { type FastavroRead, fastavroReads, fastavroWrites } from '../../fixtures/avro/fastavro.ts';
import { isSameValue } from '../../fixtures/avro/is-same-value.ts';
import { type SchemaTrial, schemaTrials } from '../../fixtures/avro/schema-trials.ts';
import { avroDecoder, avroEncoder } from '../avro-codec.ts';
import { memoryRegistry } from '../memory-registry.ts';

const requirements = fileURLToPath(new URL('../../../interop/requirements.txt', import.meta.url));
const python = await findPython();
const seed = 20_261_127;
const count = 3_000;

interface OurRead {
  readonly value?: unknown;
  readonly error?: string;
}

const logical = String.raw`(date|(local-)?time(stamp)?-\w+|decimal\(.*?\)|uuid|string)`;
const otherLogical = new RegExp(`was written as ${logical}, which is not read as ${logical}:`);

/** Where fastavro does not do what the specification says, or does less than we: how it is told, and why. */
const departures: Readonly<Record<string, (ours: OurRead, theirs: FastavroRead) => boolean>> = {
  // fastavro never looks at the reader's logical type: a date stays a date where a timestamp was declared.
  'refused by us, since another logical type was declared': (ours, { error }) =>
    !error && otherLogical.test(ours.error ?? ''),
  // The same: a decimal keeps the writer's scale.
  'refused by us, since the declared decimal is too narrow': (ours, { error }) =>
    !error && /which does not fit decimal/.test(ours.error ?? ''),
  // The specification resolves items one by one, and there are none.
  'read by us, since nothing is in the array or map': (ours, { error = '' }) =>
    /^SchemaResolutionError: schema mismatch:.*'(array|map)'/i.test(error) && isEmptyWithin(ours),
  // A long is no int, but these are the same time of day.
  'read by us, since microseconds are converted': ({ value }, { error = '' }) =>
    value !== undefined && /time-micros.* (is not|not found in) .*time-millis/.test(error),
};

const isEmptyWithin = ({ value }: OurRead) => /\[\]|\{\}/.test(JSON.stringify(value) ?? '');

const typeOf = (schema: RecordSchema) => ({ schema, timeOf: () => 0, keyOf: () => '' });

async function read({ writer, reader }: SchemaTrial, bytes: string): Promise<OurRead> {
  const registry = memoryRegistry();
  const id = await registry.register('any', writer as RecordSchema);
  const decoder = avroDecoder(typeOf(reader), registry);
  const record = { value: Buffer.concat([Buffer.of(0, 0, 0, 0, id), Buffer.from(bytes, 'hex')]) };
  await decoder.prepare([record]);
  try {
    return { value: decoder.decode(record) };
  } catch (cause) {
    return { error: (cause as Error).message };
  }
}

function compare({ reader }: SchemaTrial, ours: OurRead, theirs: FastavroRead): string {
  const departure = Object.entries(departures).find(([, holds]) => holds(ours, theirs));
  if (departure) return departure[0];
  if (ours.error !== undefined && theirs.error !== undefined) return 'refused by both';
  if (ours.error !== undefined || theirs.error !== undefined) return 'wrong';
  return isSameValue(reader, ours.value, theirs.value) ? 'read to the same value' : 'wrong';
}

const report = (title: string, counts: object) =>
  process.stdout.write(`${title}: ${JSON.stringify(counts, null, 2)}\n`);

describe.skipIf(!python)(
  `fastavro of Python${python ? '' : ' (needs Python 3.10 or newer, with venv)'}`,
  () => {
    const trials = schemaTrials(seed, count);
    let interpreter: string;
    let readings: readonly OurRead[];
    let written: Awaited<ReturnType<typeof fastavroWrites>>;

    beforeAll(async () => {
      if (!python) return;
      interpreter = await pythonVenv(python, requirements);
      written = await fastavroWrites(interpreter, trials);
      readings = await Promise.all(trials.map((trial, i) => read(trial, written[i]?.bytes ?? '')));
    }, 300_000);

    it('reads what we read of what it wrote, and refuses what we refuse', () => {
      const found = trials.map((trial, i) => ({
        ...trial,
        ours: readings[i] as OurRead,
        theirs: written[i] as FastavroRead,
      }));
      const tally: Record<string, number> = { pairs: count, wrong: 0 };
      const wrong = found.filter((each) => {
        const outcome = compare(each, each.ours, each.theirs);
        tally[outcome] = (tally[outcome] ?? 0) + 1;
        return outcome === 'wrong';
      });
      report('what fastavro wrote', tally);
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(tally['read to the same value']).toBeGreaterThan(count / 2);
      expect(tally['refused by both']).toBeGreaterThan(count / 20);
      for (const departure of Object.keys(departures))
        expect(tally[departure] ?? 0, departure).toBeLessThan(count / 20);
    });

    it('reads what we write', async () => {
      const ours = trials.flatMap(({ reader }, i) => {
        const { value } = readings[i] as OurRead;
        if (value === undefined) return [];
        const bytes = avroEncoder(typeOf(reader), 1).encode(value).subarray(5);
        return [{ writer: reader, reader, value, bytes: Buffer.from(bytes).toString('hex') }];
      });
      const theirs = await fastavroReads(interpreter, ours);
      const wrong = ours.flatMap((each, i) => {
        const { value, rest, error } = theirs[i] as FastavroRead;
        const isRead = error === undefined && rest === 0;
        return isRead && isSameValue(each.reader, each.value, value)
          ? []
          : [{ ...each, theirs: theirs[i] }];
      });
      report('what we wrote', { values: ours.length, wrong: wrong.length });
      expect(wrong.slice(0, 3)).toEqual([]);
      expect(ours.length).toBeGreaterThan(count / 2);
    }, 120_000);
  },
);
