import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const parse = (...args: string[]) => parseOptions(args, '/from');

describe('parseOptions', () => {
  it('leaves open what the user did not say', () => {
    expect(parse()).toEqual({
      help: false,
      users: undefined,
      days: undefined,
      seed: undefined,
      config: undefined,
      fromJsonl: undefined,
      dataDir: '/from/.streamify',
      fresh: false,
      kafka: false,
      continuous: false,
      speed: 1,
    });
  });

  it('reads every option, and paths from where it was called', () => {
    const args = [
      '--users',
      '5',
      '--days=2',
      '--seed',
      '0',
      '--config',
      'c.json',
      '--data-dir',
      '../x',
      '--fresh',
    ];
    expect(parse(...args)).toMatchObject({
      users: 5,
      days: 2,
      seed: 0,
      config: '/from/c.json',
      dataDir: '/x',
      fresh: true,
    });
    expect(parse('--from-jsonl', 'logs')).toMatchObject({ fromJsonl: '/from/logs' });
    expect(parse('--kafka', '--continuous', '--speed', '0.5', '--days', '0')).toMatchObject({
      kafka: true,
      continuous: true,
      speed: 0.5,
      days: 0,
    });
    expect(parse('-h')).toMatchObject({ help: true });
  });

  it('refuses the usual folder below a path that dbt cannot take', () => {
    expect(() => parseOptions([], '/clones/c#')).toThrow('the data folder /clones/c#/.streamify');
  });

  it.each([
    [['--users', '0'], '--users takes a whole number from 1 on, got "0"'],
    [['--users', 'many'], '--users takes a whole number from 1 on, got "many"'],
    [['--days', '1.5'], '--days takes a whole number from 1 on, got "1.5"'],
    [['--seed=-1'], '--seed takes a whole number from 0 on, got "-1"'],
    [
      ['--seed', '99999999999999999999'],
      '--seed takes a whole number from 0 on, got "99999999999999999999"',
    ],
    [['--data-dir', ''], '--data-dir takes a path, got nothing'],
    [
      ['--data-dir', 'a#b'],
      'the data folder /from/a#b has "#" in its path, below which dbt and DuckDB find no database: choose another --data-dir',
    ],
    [['--data-dir', 'what?/x'], 'the data folder /from/what?/x has "?" in its path'],
    [['--from-jsonl', 'x', '--seed', '1'], '--seed is for a simulation'],
    [['--users', '99999999999'], '--users takes 10,000,000 at most, got "99999999999"'],
    [['--days', '0', '--kafka'], '--days takes a whole number from 1 on, got "0"'],
    [['--continuous'], '--continuous goes through the topics of Kafka: add --kafka'],
    [['--kafka', '--continuous', '--from-jsonl', 'x'], '--continuous simulates, and --from-jsonl'],
    [['--kafka', '--speed', '5'], '--speed is for --continuous'],
    [['--kafka', '--continuous', '--speed', '0'], '--speed takes simulated seconds a second'],
    [['--user', '5'], "Unknown option '--user'"],
    [['5'], 'Unexpected argument'],
    [['--users'], "Option '--users <value>' argument missing"],
  ])('refuses %j with a clear message', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
  });
});
