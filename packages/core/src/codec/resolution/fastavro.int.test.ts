import { fileURLToPath } from 'node:url';
import { findPython, pythonVenv } from '@streamify/test-kit';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compareReadings,
  type Departures,
  report,
  type TheirRead,
} from '../../fixtures/avro/compare-readings.ts';
import { fastavroReads, fastavroWrites } from '../../fixtures/avro/fastavro.ts';
import { isSameValue } from '../../fixtures/avro/is-same-value.ts';
import { type OurRead, ourRead, typeOf } from '../../fixtures/avro/our-read.ts';
import { schemaTrials } from '../../fixtures/avro/schema-trials.ts';
import { avroEncoder } from '../avro-codec.ts';

const requirements = fileURLToPath(new URL('../../../interop/requirements.txt', import.meta.url));
const python = await findPython();
const seed = 20_261_127;
const count = 3_000;

const logical = String.raw`(date|(local-)?time(stamp)?-\w+|decimal\(.*?\)|uuid|string)`;
const otherLogical = new RegExp(`was written as ${logical}, which is not read as ${logical}:`);

/** Where fastavro does not do what the specification says, or does less than we: how it is told, and why. */
const departures: Departures = {
  // fastavro never looks at the reader's logical type: a date stays a date where a timestamp was declared.
  'refused by us, since another logical type was declared': ({ ours, theirs: { error } }) =>
    !error && otherLogical.test(ours.error ?? ''),
  // The same: a decimal keeps the writer's scale.
  'refused by us, since the declared decimal is too narrow': ({ ours, theirs: { error } }) =>
    !error && /which does not fit decimal/.test(ours.error ?? ''),
  // The specification resolves items one by one, and there are none.
  'read by us, since nothing is in the array or map': ({ ours, theirs: { error = '' } }) =>
    /^SchemaResolutionError: schema mismatch:.*'(array|map)'/i.test(error) && isEmptyWithin(ours),
  // A long is no int, but these are the same time of day.
  'read by us, since microseconds are converted': ({ ours: { value }, theirs: { error = '' } }) =>
    value !== undefined && /time-micros.* (is not|not found in) .*time-millis/.test(error),
};

const isEmptyWithin = ({ value }: OurRead) => /\[\]|\{\}/.test(JSON.stringify(value) ?? '');

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
      readings = await Promise.all(
        trials.map((trial, i) => ourRead(trial, written[i]?.bytes ?? '')),
      );
    }, 300_000);

    it('reads what we read of what it wrote, and refuses what we refuse', () => {
      const found = trials.map((trial, i) => ({
        ...trial,
        ours: readings[i] as OurRead,
        theirs: written[i] as TheirRead,
      }));
      const { tally, wrong } = compareReadings(found, departures);
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
        const { value, rest, error } = theirs[i] as TheirRead;
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
