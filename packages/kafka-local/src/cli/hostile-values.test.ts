import { StreamifyError } from '@streamify/core';
import { acceptedValues, type HostileValue, hostileValues } from '@streamify/test-kit';
import { expect, it } from 'vitest';
import { checkOptions } from '../local-kafka-options.ts';
import { commandOptions, readCommandLine } from './command-line.ts';

type Option = {
  [O in keyof typeof commandOptions]: (typeof commandOptions)[O]['type'] extends 'string'
    ? O
    : never;
}[keyof typeof commandOptions];

const anyPath = (Object.keys(hostileValues) as HostileValue[]).filter((name) => name !== 'nothing');

/** What each option accepts of {@link hostileValues}; an option without a row does not compile. */
const accepted: Readonly<Record<Option, readonly HostileValue[]>> = {
  dir: anyPath,
  port: [],
  'registry-port': [],
  heap: [],
};

it('has a row for each option that takes a value', () => {
  const names = Object.entries(commandOptions).filter(([, { type }]) => type === 'string');
  expect(names.map(([name]) => name).toSorted()).toEqual(Object.keys(accepted).toSorted());
});

it.each(Object.entries(accepted))(
  '--%s takes what it can, and refuses the rest',
  (name, values) => {
    const parse = (args: readonly string[]) => checkOptions(readCommandLine(['start', ...args]));
    const isOurs = (error: unknown) => error instanceof StreamifyError;
    expect(acceptedValues(name, parse, isOurs)).toEqual(values);
  },
);
