import { OptionError } from '@streamify/core';
import { expect, it } from 'vitest';
import { readCommandLine } from './command-line.ts';

it('fills in the defaults', () => {
  expect(readCommandLine(['start'])).toEqual({
    help: false,
    command: 'start',
    dir: '.streamify/kafka',
    port: 9092,
    registryPort: 8081,
    registry: true,
    heap: '1g',
    foreground: false,
  });
});

it('reads every option, before or behind the command', () => {
  const args = '--dir d --port 1 start --registry-port 2 --no-registry --heap 512m --foreground';
  expect(readCommandLine(args.split(' '))).toEqual({
    help: false,
    command: 'start',
    dir: 'd',
    port: 1,
    registryPort: 2,
    registry: false,
    heap: '512m',
    foreground: true,
  });
});

it.each([['--help'], ['-h'], ['start', '--help']])('helps with %s', (...args) => {
  expect(readCommandLine(args).help).toBe(true);
});

it.each([
  [[], 'no command: say start, stop, status, fetch or --help'],
  [['restart'], 'unknown command "restart"'],
  [['start', 'stop'], '"stop" is one command too many'],
  [['start', '--port', '9092x'], '--port is "9092x": a port is a whole number from 1 to 65535'],
  [['start', '--registry-port', '0'], '--registry-port is "0"'],
  [['start', '--port'], '--port'],
  [['start', '--brokers', '3'], '--brokers'],
])('refuses %o', (args, message) => {
  expect(() => readCommandLine(args)).toThrow(OptionError);
  expect(() => readCommandLine(args)).toThrow(message);
});
