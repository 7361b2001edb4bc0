import { OptionError } from '@streamify/core';
import { describe, expect, test } from 'vitest';
import { defaultConfig } from './config/default-config.ts';
import { planSimulation, type SimulationOptions } from './simulation-options.ts';

const config = {
  ...defaultConfig,
  seed: 3,
  'n-users': 7,
  'first-user-id': 11,
  'growth-rate': 0.5,
  tag: 'file',
  'start-date': '2026-04-01T00:00:00',
  'end-date': '2026-04-08T00:00:00',
};

describe('precedence', () => {
  test('an option wins over the configuration', () => {
    const options: SimulationOptions = {
      config,
      seed: 4,
      users: 8,
      firstUserId: 12,
      growthRate: 0,
      tag: 'option',
      start: '2026-05-01',
      end: new Date('2026-05-02T00:00:00Z'),
    };
    expect(planSimulation(options)).toMatchObject({
      seed: 4,
      users: 8,
      firstUserId: 12,
      growthRate: 0,
      tag: 'option',
      start: Date.UTC(2026, 4, 1),
      end: Date.UTC(2026, 4, 2),
    });
  });

  test('the configuration wins over the default', () => {
    expect(planSimulation({ config })).toMatchObject({
      seed: 3,
      users: 7,
      firstUserId: 11,
      growthRate: 0.5,
      tag: 'file',
      start: Date.UTC(2026, 3, 1),
      end: Date.UTC(2026, 3, 8),
    });
  });

  test('days win over the end of the configuration', () => {
    expect(planSimulation({ config, days: 2 }).end).toBe(Date.UTC(2026, 3, 3));
  });

  test('without anything it is one user and 30 days from a fixed Monday', () => {
    expect(planSimulation()).toMatchObject({
      seed: 0,
      users: 1,
      firstUserId: 1,
      start: Date.UTC(2026, 2, 2),
      end: Date.UTC(2026, 3, 1),
    });
  });
});

describe('a wrong option', () => {
  test.each<[string, SimulationOptions, string]>([
    ['no users', { users: 0 }, 'users: expected a whole number from 1 to 10,000,000, found 0'],
    [
      'half a user',
      { users: 1.5 },
      'users: expected a whole number from 1 to 10,000,000, found 1.5',
    ],
    ['no seed', { seed: Number.NaN }, 'seed: expected a whole number, found NaN'],
    [
      'a shrinking population',
      { growthRate: -1 },
      'growthRate: expected a number from 0 to 10,000,000, found -1',
    ],
    [
      'an empty batch',
      { batchSize: 0 },
      'batchSize: expected a whole number from 1 to 1,000,000, found 0',
    ],
    ['negative days', { days: -3 }, 'days: expected a number from 0 to 1,000,000, found -3'],
    ['two ends', { days: 3, end: 4 }, 'give either end or days, not both'],
    [
      'a day that no calendar has',
      { start: '2026-02-30' },
      'start: expected a Date, epoch milliseconds or an ISO 8601 time, found "2026-02-30"',
    ],
    [
      'an end beyond all calendars',
      { days: 1_000_000, start: '9998-01-01' },
      'the end is +012735-11-29T00:00:00.000Z: a simulation lies between 1900-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z',
    ],
    [
      'an id whose sessions a number cannot tell apart',
      { firstUserId: 9_007_199_253, users: 2 },
      '2 users from id 9007199253 on end at 9007199254, and 9007199253 is the largest id: let the first one be lower',
    ],
    [
      'more who join than there is room for',
      { users: 2, growthRate: 1e7 },
      '2 users that grow by 10000000 a year are 20000000 who join in a year, and 10000000 are the most: lower either of them',
    ],
    ['a label of nothing', { tag: '' }, 'tag: expected text, found ""'],
    [
      'no time',
      { start: 'tomorrow' },
      'start: expected a Date, epoch milliseconds or an ISO 8601 time, found "tomorrow"',
    ],
    [
      'an end before the start',
      { start: '2026-03-02', end: '2026-03-01' },
      'the end 2026-03-01T00:00:00.000Z is not after the start 2026-03-02T00:00:00.000Z',
    ],
    [
      'an end of the configuration before its start',
      { config: { ...config, 'end-date': '2026-03-01' } },
      'the end 2026-03-01T00:00:00.000Z is not after the start 2026-04-01T00:00:00.000Z',
    ],
  ])('%s is refused', (_, options, message) => {
    expect(() => planSimulation(options)).toThrow(new OptionError(message));
  });

  test('growth needs a state to start from, even when only an option asks for it', () => {
    const closed = { ...config, 'growth-rate': 0, 'new-user-auth': 'Nobody' };
    expect(() => planSimulation({ config: closed })).not.toThrow();
    expect(() => planSimulation({ config: closed, growthRate: 0.1 })).toThrow(
      'for auth "Nobody" and level "free" (new users start so)',
    );
  });
});
