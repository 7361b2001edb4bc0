import { ConfigError } from '../errors.ts';
import { closestTo } from './closest-to.ts';
import type { Expectation } from './expectation.ts';

/** Reads the keys of one object of a configuration, and knows where in it that object stands. */
export interface ConfigReader {
  /** The full name of a key here. */
  path(key: string): string;
  required<T>(key: string, expectation: Expectation<T>): T;
  optional<T, D>(key: string, expectation: Expectation<T>, otherwise: D): T | D;
  object(key: string): ConfigReader;
  /** The objects of a list, which holds at least one. */
  list(key: string): readonly ConfigReader[];
  /**
   * To be called when all is read. `unused` are keys that may be there and mean nothing, and a key that begins with `_`, `$` or `//` is a
   * remark.
   *
   * @throws ConfigError for a key that nobody has asked for, here or further in.
   */
  refuseUnknown(unused?: readonly string[]): void;
}

/** @throws ConfigError when `value` is not an object. */
export function configReader(value: unknown, path = ''): ConfigReader {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ConfigError(path || '(all)', 'an object', value);
  const fields = value as Readonly<Record<string, unknown>>;
  const pathOf = (key: string) => (path ? `${path}.${key}` : key);
  const known = new Set<string>();
  const inner: ConfigReader[] = [];
  const readInner = (found: unknown, at: string): ConfigReader => {
    const reader = configReader(found, at);
    inner.push(reader);
    return reader;
  };
  const fieldOf = (key: string): unknown => {
    known.add(key);
    return Object.hasOwn(fields, key) ? fields[key] : undefined;
  };
  const required = <T>(key: string, expectation: Expectation<T>): T => {
    const found = fieldOf(key);
    if (!expectation.accepts(found)) throw new ConfigError(pathOf(key), expectation.name, found);
    return found;
  };
  return {
    path: pathOf,
    required,
    optional: (key, expectation, otherwise) => {
      const found = fieldOf(key);
      return found === undefined || found === null ? otherwise : required(key, expectation);
    },
    object: (key) => readInner(fieldOf(key), pathOf(key)),
    list: (key) => {
      const found = fieldOf(key);
      if (!Array.isArray(found) || found.length === 0)
        throw new ConfigError(pathOf(key), 'a list with at least one entry', found);
      return found.map((entry, i) => readInner(entry, `${pathOf(key)}[${i}]`));
    },
    refuseUnknown(unused = []) {
      const unknown = Object.keys(fields).find(
        (key) => !known.has(key) && !unused.includes(key) && !remark.test(key),
      );
      if (unknown !== undefined)
        throw new ConfigError(pathOf(unknown), expectedFor(unknown, [...known]), fields[unknown]);
      for (const reader of inner) reader.refuseUnknown();
    },
  };
}

const remark = /^(_|\$|\/\/)/;

function expectedFor(unknown: string, known: readonly string[]): string {
  const closest = closestTo(unknown, known);
  return closest === undefined
    ? `one of ${known.join(', ')}`
    : `a key that is known (did you mean "${closest}"?)`;
}
