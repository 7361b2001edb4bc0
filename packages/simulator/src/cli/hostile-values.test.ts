import { StreamifyError } from '@streamify/core';
import { acceptedValues, type HostileValue, hostileValues } from '@streamify/test-kit';
import { expect, test } from 'vitest';
import { commandOptions, readCommandLine } from './command-line.ts';

type Option = {
  [O in keyof typeof commandOptions]: (typeof commandOptions)[O]['type'] extends 'string'
    ? O
    : never;
}[keyof typeof commandOptions];

const anyText = (Object.keys(hostileValues) as HostileValue[]).filter((name) => name !== 'nothing');
const share = ['0'] as const;
const none = [] as const;

/** What each option accepts of {@link hostileValues}; an option without a row does not compile. */
const accepted: Readonly<Record<Option, readonly HostileValue[]>> = {
  config: anyText,
  data: anyText,
  nusers: none,
  users: none,
  'growth-rate': ['0', 'a fraction'],
  'attrition-rate': ['0', 'a fraction'],
  userid: none,
  randomseed: ['0', '-1'],
  seed: ['0', '-1'],
  tag: anyText,
  'start-time': none,
  'end-time': none,
  from: ['0', 'a fraction'],
  to: ['0', 'a fraction'],
  days: ['a fraction'],
  speed: ['a fraction', 'beyond 2^53'],
  rate: ['a fraction', 'beyond 2^53'],
  checkpoint: anyText,
  out: anyText,
  log: anyText,
  kafka: anyText,
  kafkaBrokerList: anyText,
  'schema-registry': anyText,
  sample: none,
  format: none,
  partitions: none,
  workers: none,
  duplicates: [...share, 'a fraction'],
  late: [...share, 'a fraction'],
  'out-of-order': [...share, 'a fraction'],
  malformed: [...share, 'a fraction'],
  'schema-v2': [...share, 'a fraction'],
  labels: anyText,
};

/** What an option needs beside it. */
const beside: { readonly [O in Option]?: readonly string[] } = {
  kafka: ['--format=json'],
  kafkaBrokerList: ['--format=json'],
  'schema-registry': ['--kafka=a:1'],
};

test('each option that takes a value has a row', () => {
  const names = Object.entries(commandOptions).filter(([, { type }]) => type === 'string');
  expect(names.map(([name]) => name).toSorted()).toEqual(Object.keys(accepted).toSorted());
});

test.each(Object.entries(accepted))(
  '--%s takes what it can, and refuses the rest in a line',
  (name, values) => {
    const parse = (args: readonly string[]) =>
      readCommandLine([...args, ...(beside[name as Option] ?? [])]);
    const isOurs = (error: unknown) => error instanceof StreamifyError;
    expect(acceptedValues(name, parse, isOurs)).toEqual(values);
  },
);
