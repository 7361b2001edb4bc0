import { parseInstant } from './parse-instant.ts';

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
const shown = (value: number) => value.toLocaleString('en-US');

/** A number in a range: what lies beyond it would overflow, or never end. */
export const numberFrom = (least: number, most: number) =>
  expect<number>(
    `a number from ${shown(least)} to ${shown(most)}`,
    (v) => isNumber(v) && v >= least && v <= most,
  );
/** A number above 0, and not too large for what is derived from it. */
export const positiveTo = (most: number) =>
  expect<number>(
    `a number above 0, up to ${shown(most)}`,
    (v) => isNumber(v) && v > 0 && v <= most,
  );
/** A whole number in a range. */
export const wholeFrom = (least: number, most: number) =>
  expect<number>(
    `a whole number from ${shown(least)} to ${shown(most)}`,
    (v) => Number.isSafeInteger(v) && (v as number) >= least && (v as number) <= most,
  );

export const text = expect<string>('text', (v) => typeof v === 'string' && v !== '');
export const yesOrNo = expect<boolean>('true or false', (v) => typeof v === 'boolean');
export const integer = expect<number>('a whole number', (v) => Number.isSafeInteger(v));
export const count = expect<number>(
  'a whole number of at least 1',
  (v) => Number.isSafeInteger(v) && (v as number) >= 1,
);
export const positive = expect<number>('a number above 0', (v) => isNumber(v) && v > 0);
export const share = numberFrom(0, 1);
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
