import { OptionError } from '@streamify/core';
import { share } from '../config/expectation.ts';
import { shown } from '../errors.ts';

/** The faults that records can have, in the order in which they are drawn. */
export const faultNames = ['duplicates', 'late', 'outOfOrder', 'malformed', 'schemaV2'] as const;
export type FaultName = (typeof faultNames)[number];

/** For each fault the share of records that have it, from 0 to 1. A record has at most one. */
export type FaultRates = { readonly [F in FaultName]?: number };

/**
 * Checks the rates.
 *
 * @throws OptionError for one that is no share, or when they add up to more than 1.
 */
export function checkRates(rates: FaultRates): void {
  for (const name of faultNames)
    if (rates[name] !== undefined && !share.accepts(rates[name]))
      throw new OptionError(`${name}: expected ${share.name}, found ${shown(rates[name])}`);
  const sum = faultNames.reduce((total, name) => total + (rates[name] ?? 0), 0);
  if (sum > 1 + 1e-9)
    throw new OptionError(`the rates of faults add up to ${Number(sum.toFixed(9))}, more than 1`);
}
