import { acceptedValues, type HostileValue, hostileValues } from '@streamify/test-kit';
import { describe, expect, it } from 'vitest';
import { parseWorkerOptions, workerCommandOptions } from './live/worker-options.ts';
import { commandOptions, parseOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

type TextOption<T> = { [O in keyof T]: T[O] extends { type: 'string' } ? O : never }[keyof T];
type Accepted<T> = Readonly<Record<TextOption<T>, readonly HostileValue[]>>;

const anyPath = (Object.keys(hostileValues) as HostileValue[]).filter((name) => name !== 'nothing');

/** What each option accepts of {@link hostileValues}; an option without a row does not compile. */
const start: Accepted<typeof commandOptions> = {
  users: [],
  days: [],
  seed: ['0'],
  config: anyPath,
  'from-jsonl': anyPath,
  'data-dir': anyPath,
  format: [],
  speed: ['a fraction'],
};
const worker: Accepted<typeof workerCommandOptions> = { 'data-dir': anyPath, run: [] };

const isOurs = (error: unknown) => error instanceof UsageError;
const textOptions = (options: Readonly<Record<string, { readonly type: string }>>) =>
  Object.keys(options)
    .filter((name) => options[name]?.type === 'string')
    .toSorted();

describe('npm start', () => {
  it('has a row for each option that takes a value', () => {
    expect(textOptions(commandOptions)).toEqual(Object.keys(start).toSorted());
  });

  it.each(Object.entries(start))('--%s takes what it can, and refuses the rest', (name, values) => {
    const live = name === 'speed' ? ['--kafka', '--continuous'] : [];
    expect(acceptedValues(name, (args) => parseOptions([...args, ...live]), isOurs)).toEqual(
      values,
    );
  });
});

describe('npm run worker', () => {
  it('has a row for each option that takes a value', () => {
    expect(textOptions(workerCommandOptions)).toEqual(Object.keys(worker).toSorted());
  });

  it.each(Object.entries(worker))(
    '--%s takes what it can, and refuses the rest',
    (name, values) => {
      expect(acceptedValues(name, parseWorkerOptions, isOurs)).toEqual(values);
    },
  );
});
