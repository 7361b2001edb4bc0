import { ConfigError } from '../errors.ts';

/** What a value must be: how a message names it, and the check. */
export interface Expectation<T> {
  readonly name: string;
  accepts(value: unknown): value is T;
}

const expect = <T>(name: string, accepts: (value: unknown) => boolean): Expectation<T> => ({
  name,
  accepts: accepts as Expectation<T>['accepts'],
});
const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

export const text = expect<string>('text', (v) => typeof v === 'string' && v !== '');
export const yesOrNo = expect<boolean>('true or false', (v) => typeof v === 'boolean');
export const integer = expect<number>('a whole number', (v) => Number.isSafeInteger(v));
export const count = expect<number>(
  'a whole number of at least 1',
  (v) => Number.isSafeInteger(v) && (v as number) >= 1,
);
export const positive = expect<number>('a number above 0', (v) => isNumber(v) && v > 0);
export const atLeastZero = expect<number>('a number of at least 0', (v) => isNumber(v) && v >= 0);
export const share = expect<number>('a number from 0 to 1', (v) => isNumber(v) && v >= 0 && v <= 1);
export const belowOne = expect<number>(
  'a number from 0 to below 1',
  (v) => isNumber(v) && v >= 0 && v < 1,
);
export const httpStatus = expect<number>(
  'an HTTP status from 100 to 599',
  (v) => Number.isInteger(v) && (v as number) >= 100 && (v as number) <= 599,
);
/** An ISO 8601 time; without a zone it is UTC. */
export const instant = expect<string>(
  'an ISO 8601 time such as 2026-03-02T00:00:00',
  (v) => typeof v === 'string' && !Number.isNaN(parseInstant(v)),
);

/** Epoch milliseconds of an ISO 8601 time, UTC where it names no zone; `NaN` where it is none. */
export function parseInstant(value: string): number {
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) return Number.NaN;
  const zoned = !value.includes('T') || /(Z|[+-]\d{2}:?\d{2})$/.test(value);
  return Date.parse(zoned ? value : `${value}Z`);
}

/** Reads the keys of one object of a configuration, and knows where in it that object stands. */
export interface ConfigReader {
  /** The full name of a key here. */
  path(key: string): string;
  required<T>(key: string, expectation: Expectation<T>): T;
  optional<T, D>(key: string, expectation: Expectation<T>, otherwise: D): T | D;
  object(key: string): ConfigReader;
  /** The objects of a list, which holds at least one. */
  list(key: string): readonly ConfigReader[];
}

/** @throws ConfigError when `value` is not an object. */
export function configReader(value: unknown, path = ''): ConfigReader {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(path || '(all)', 'an object', value);
  const fields = value as Readonly<Record<string, unknown>>;
  const pathOf = (key: string) => (path ? `${path}.${key}` : key);
  const required = <T>(key: string, expectation: Expectation<T>): T => {
    const found = fields[key];
    if (!expectation.accepts(found)) throw new ConfigError(pathOf(key), expectation.name, found);
    return found;
  };
  return {
    path: pathOf,
    required,
    optional: (key, expectation, otherwise) =>
      fields[key] === undefined || fields[key] === null ? otherwise : required(key, expectation),
    object: (key) => configReader(fields[key], pathOf(key)),
    list: (key) => {
      const found = fields[key];
      if (!Array.isArray(found) || found.length === 0)
        throw new ConfigError(pathOf(key), 'a list with at least one entry', found);
      return found.map((entry, i) => configReader(entry, `${pathOf(key)}[${i}]`));
    },
  };
}
