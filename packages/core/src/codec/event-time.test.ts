import { describe, expect, it } from 'vitest';
import { OptionError } from '../contract/errors.ts';
import { defineEvent } from './define-event.ts';

/** The time that an event has whose field of a type holds a value. */
function timeOf(type: unknown, value: unknown, longs: 'number' | 'bigint' = 'number'): number {
  const schema = { type: 'record', name: 'Visit', fields: [{ name: 'at', type }] } as const;
  const Visit = defineEvent(schema as never, { time: 'at', key: 'at', longs } as never);
  return Visit.timeOf({ at: value } as never);
}
const logical = (type: string, logicalType: string) => ({ type, logicalType });

describe('the event time', () => {
  it.each([
    ['int', 7, 7],
    ['double', 1.5, 1.5],
    ['long', 1_700_000_000_123, 1_700_000_000_123],
    [logical('long', 'timestamp-millis'), -1, -1],
    [logical('long', 'timestamp-micros'), 1_700_000_000_123_999, 1_700_000_000_123],
    [logical('long', 'timestamp-micros'), -1, -1],
    [['null', logical('long', 'timestamp-micros')], null, Number.NaN],
    [logical('long', 'timestamp-nanos'), 5_999_999, 5],
    [logical('int', 'timestamp-micros'), 5_000, 5_000],
  ])('of %j that is %s, is %s milliseconds', (type, value, time) => {
    expect(timeOf(type, value)).toBe(time);
  });

  it.each([
    ['long', 5n, 5],
    [logical('long', 'timestamp-nanos'), 1_700_000_000_123_456_789n, 1_700_000_000_123],
    [logical('long', 'timestamp-nanos'), -1n, -1],
    [logical('long', 'timestamp-nanos'), -1_000_000n, -1],
  ])('of %j that is the bigint %s, is %s milliseconds', (type, value, time) => {
    expect(timeOf(type, value, 'bigint')).toBe(time);
  });

  it.each([
    [logical('int', 'date'), 'date'],
    [logical('int', 'time-millis'), 'time-millis'],
    [logical('long', 'time-micros'), 'time-micros'],
    [logical('long', 'local-timestamp-millis'), 'local-timestamp-millis'],
    [['null', logical('int', 'date')], 'date'],
    ['string', 'string'],
    ['null', 'null'],
  ])('is none of %j, which is no moment', (type, name) => {
    expect(() => timeOf(type, 1)).toThrow(OptionError);
    expect(() => timeOf(type, 1)).toThrow(
      `time of event Visit is a moment, and at is a ${name}: give the event a field of timestamp-millis, timestamp-micros or timestamp-nanos, or of plain numbers in epoch milliseconds`,
    );
  });
});
