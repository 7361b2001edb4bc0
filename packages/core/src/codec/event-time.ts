import { OptionError } from '../contract/errors.ts';
import type { RecordSchema } from '../contract/event-type.ts';

/** How many of its units make a millisecond, of each type that can be an event time. */
const unitsOf: Readonly<Record<string, number>> = {
  int: 1,
  long: 1,
  float: 1,
  double: 1,
  'timestamp-millis': 1,
  'timestamp-micros': 1_000,
  'timestamp-nanos': 1_000_000,
};

/**
 * Makes what reads the event time of a value, in epoch milliseconds: a field of plain numbers is taken
 * for these, a timestamp of a finer unit is rounded down to them.
 *
 * @throws OptionError when the field is no moment, such as a `date`.
 */
export function eventTime(schema: RecordSchema, field: string): (value: object) => number {
  const units = unitsIn(schema, field);
  type Time = number | bigint | null | undefined;
  const read = (value: object) => (value as Readonly<Record<string, Time>>)[field];
  if (units > 1)
    return (value) => {
      const time = read(value);
      return time === null || time === undefined ? Number.NaN : floorDivided(time, units);
    };
  return (value) => {
    const time = read(value);
    return typeof time === 'bigint' ? Number(time) : (time ?? Number.NaN);
  };
}

function unitsIn(schema: RecordSchema, field: string): number {
  const found = schema.fields.find(({ name }) => name === field)?.type;
  const branches = (Array.isArray(found) ? found : [found]).filter((branch) => branch !== 'null');
  const names = branches.map(nameOf);
  const wrong = names.find((name) => !Object.hasOwn(unitsOf, name));
  const [first = 'null'] = names;
  if (wrong !== undefined || names.length === 0)
    throw new OptionError(
      `time of event ${schema.name} is a moment, and ${field} is a ${wrong ?? first}: give the event a field of timestamp-millis, timestamp-micros or timestamp-nanos, or of plain numbers in epoch milliseconds`,
    );
  return unitsOf[first] as number;
}

/** The logical type that a number has, or its own; of others whatever they are called. */
function nameOf(type: unknown): string {
  if (typeof type !== 'object' || type === null) return String(type);
  const { type: inner, logicalType } = type as { type?: unknown; logicalType?: unknown };
  return typeof logicalType === 'string' && (inner === 'int' || inner === 'long')
    ? logicalOf(inner, logicalType)
    : String(inner);
}

/** A logical type that is not valid on its type is ignored, as the specification says. */
function logicalOf(inner: 'int' | 'long', logicalType: string): string {
  const valid = inner === 'int' ? /^(date|time-millis)$/ : /^(time-micros|(local-)?timestamp-.+)$/;
  return valid.test(logicalType) ? logicalType : inner;
}

function floorDivided(time: number | bigint, units: number): number {
  if (typeof time === 'number') return Math.floor(time / units);
  const [divisor, rest] = [BigInt(units), time % BigInt(units)];
  return Number(time / divisor - (rest < 0n ? 1n : 0n));
}
