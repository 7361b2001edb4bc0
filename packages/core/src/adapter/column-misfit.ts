import { decimalMisfit } from '../codec/decimal-text.ts';
import { isFloat, largestFloat } from '../codec/finite-float-type.ts';
import type { ColumnItems, ColumnType, TableColumn } from './column-kinds.ts';

/** Says why a row does not fit its columns; `undefined` when it does. */
export function misfitOf(columns: readonly TableColumn[], row: object): string | undefined {
  return fieldsMisfit('', columns, row as Fields);
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsMisfit(
  path: string,
  columns: readonly TableColumn[],
  values: Fields,
): string | undefined {
  for (const column of columns) {
    const { field } = column;
    const misfit = valueMisfit(path === '' ? field : `${path}.${field}`, column, values[field]);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

function valueMisfit(path: string, kind: ColumnItems, value: unknown): string | undefined {
  const { type, nullable } = kind;
  if (value === null || value === undefined)
    return nullable ? undefined : `${path} is ${String(value)}, which the table does not allow`;
  if (type === 'decimal') {
    const digits = { precision: kind.precision ?? 0, scale: kind.scale ?? 0 };
    const misfit = decimalMisfit(value, digits);
    return misfit === undefined
      ? undefined
      : `${path} is not a decimal(${digits.precision}, ${digits.scale}): ${shown(value)}; ${misfit}`;
  }
  if (!fits[type](value)) {
    const rule = rules[type];
    return `${path} is not a ${type}: ${shown(value)}${rule ? `; it takes ${rule}` : ''}`;
  }
  if (type === 'struct') return fieldsMisfit(path, kind.fields ?? [], value as Fields);
  if (type === 'list' || type === 'map') return itemsMisfit(path, kind, value as Fields);
  return undefined;
}

/** Looks at the items of an array, and at the values of a map. */
function itemsMisfit(
  path: string,
  { type, items }: ColumnItems,
  values: Fields,
): string | undefined {
  for (const [at, value] of Object.entries(values)) {
    // Two keys that are repaired may be one.
    if (type === 'map' && !at.isWellFormed())
      return `${path} has the key ${shown(at)}, which is half a surrogate pair`;
    const misfit = items && valueMisfit(`${path}.${at}`, items, value);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

type Plain = Exclude<ColumnType, 'decimal'>;

const dayOfMillis = 24 * 60 * 60 * 1000;
const dayOfMicros = dayOfMillis * 1000;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const largestInt = 2 ** 31 - 1;
const largestLong = 2n ** 63n - 1n;
/** The first moment that a timestamp of nanoseconds can be written out as: 1677-09-22. */
const firstNanos = -9_223_286_400_000_000_000n;

const fits: Readonly<Record<Plain, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === 'boolean',
  int: (value) => typeof value === 'number' && (value | 0) === value,
  long: (value) => Number.isSafeInteger(value) || isBigInt(value, -largestLong - 1n, largestLong),
  // A number that a float rounds is one all the same; one that a float makes endless is not.
  float: isFloat,
  double: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof Uint8Array,
  uuid: (value) => typeof value === 'string' && uuid.test(value),
  // The days at both ends are what databases write endless dates as.
  date: (value) => Number.isInteger(value) && Math.abs(value as number) < largestInt,
  'time-millis': (value) => isTime(value, dayOfMillis),
  'time-micros': (value) => isTime(value, dayOfMicros),
  'timestamp-millis': (value) => Number.isSafeInteger(value),
  'timestamp-micros': (value) => Number.isSafeInteger(value),
  'timestamp-nanos': (value) =>
    Number.isSafeInteger(value) || isBigInt(value, firstNanos, largestLong - 1n),
  json: (value) => typeof value !== 'function' && typeof value !== 'symbol',
  struct: isObject,
  list: Array.isArray,
  map: isObject,
};

function isObject(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** What a type takes, for people, where its name does not say it. */
const rules: Partial<Readonly<Record<Plain, string>>> = {
  int: `whole numbers from ${-largestInt - 1} to ${largestInt}`,
  long: `whole numbers up to ${Number.MAX_SAFE_INTEGER}, and bigints of 64 bits`,
  float: `numbers up to ${largestFloat}`,
  bytes: 'a Uint8Array',
  struct: 'an object with its fields',
  list: 'an array',
  map: 'an object with a value for each key',
  uuid: 'a text of 32 hexadecimal digits in five groups',
  date: `days since 1970-01-01, from ${1 - largestInt} to ${largestInt - 1}`,
  'time-millis': `milliseconds since midnight, from 0 to ${dayOfMillis - 1}`,
  'time-micros': `microseconds since midnight, from 0 to ${dayOfMicros - 1}`,
  'timestamp-millis': `whole milliseconds since 1970, up to ${Number.MAX_SAFE_INTEGER}`,
  'timestamp-micros': `whole microseconds since 1970, up to ${Number.MAX_SAFE_INTEGER}`,
  'timestamp-nanos': `whole nanoseconds since 1970, up to ${Number.MAX_SAFE_INTEGER} or as a bigint from 1677-09-22 to 2262-04-11`,
};

function isBigInt(value: unknown, from: bigint, to: bigint): boolean {
  return typeof value === 'bigint' && value >= from && value <= to;
}

function isTime(value: unknown, end: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
