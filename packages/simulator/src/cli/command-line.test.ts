import { describe, expect, test } from 'vitest';
import { readCommandLine } from './command-line.ts';
import { help } from './help.ts';

describe('the command line', () => {
  test('takes the names of the original, long and short, and a folder at the end', () => {
    const long =
      '--config c.json --nusers 5 --growth-rate 0.1 --attrition-rate 0.2 --start-time 2026-03-02T00:00:00 --end-time 2026-03-03T00:00:00 --userid 9 --randomseed 4 --tag x --continuous --verbose out';
    const short =
      '-c c.json -n 5 -g 0.1 -a 0.2 -s 2026-03-02T00:00:00 -e 2026-03-03T00:00:00 -u 9 -r 4 --tag x --continuous -v --out out';
    const read = readCommandLine(long.split(' '));
    expect(read).toEqual(readCommandLine(short.split(' ')));
    expect(read).toMatchObject({
      config: 'c.json',
      users: 5,
      growthRate: 0.1,
      attritionRate: 0.2,
      firstUserId: 9,
      seed: 4,
      start: { at: Date.UTC(2026, 2, 2) },
      end: { at: Date.UTC(2026, 2, 3) },
      continuous: true,
      verbose: true,
      target: { kind: 'files', dir: 'out' },
    });
    const kafka = '-f 30 -t 2 -k a:1,b:2 --useAvro --schema-registry http://c:3';
    expect(readCommandLine(kafka.split(' '))).toMatchObject({
      start: { daysAgo: 30 },
      end: { daysAgo: 2 },
      target: { kind: 'kafka', brokers: 'a:1,b:2', registryUrl: 'http://c:3' },
      format: 'avro',
    });
  });

  test('without anything says nothing about the simulation, and writes to output', () => {
    expect(readCommandLine([])).toMatchObject({
      users: undefined,
      seed: undefined,
      start: undefined,
      end: undefined,
      target: { kind: 'files', dir: 'output' },
      format: 'json',
      workers: 1,
      faults: undefined,
      labels: 'output/faults.jsonl',
    });
  });

  test('takes seeds below 0 and shares with a point in front', () => {
    expect(readCommandLine(['--randomseed=-3', '--late', '.5'])).toMatchObject({
      seed: -3,
      faults: { late: 0.5 },
    });
  });

  test.each<[string, string]>([
    ['-n 0', '--nusers takes a whole number from 1 to 10,000,000, got "0"'],
    ['-n many', '--nusers takes a whole number from 1 to 10,000,000, got "many"'],
    ['--growth-rate=-1', '--growth-rate takes a number from 0 to 10,000,000, got "-1"'],
    ['-a 1', '--attrition-rate takes a number from 0 to below 1, got "1"'],
    [
      '-s yesterday',
      '--start-time takes an ISO 8601 time such as 2026-03-02T00:00:00, got "yesterday"',
    ],
    [
      '-s 2026-02-30T00:00:00',
      '--start-time takes an ISO 8601 time such as 2026-03-02T00:00:00, got "2026-02-30T00:00:00"',
    ],
    ['-s 2026-03-02 -f 3', '--start-time and --from are the same: give one of them'],
    ['-n 5 --users many', '--users takes a whole number from 1 to 10,000,000, got "many"'],
    ['-n 1000000000', '--nusers takes a whole number from 1 to 10,000,000, got "1000000000"'],
    ['-u 9007199256', '--userid takes a whole number from 1 to 9,007,199,253, got "9007199256"'],
    ['--days 1e9', '--days takes a number above 0, up to 1,000,000, got "1e9"'],
    ['--workers 1e9', '--workers takes a whole number from 1 to 128, got "1e9"'],
    ['--speed 0', '--speed takes a number above 0, got "0"'],
    ['--rate=-5', '--rate takes a number above 0, got "-5"'],
    [
      '--rate 5 --continuous',
      '--rate lets events come whenever they happen, and --continuous at their time: give one of them',
    ],
    ['--days 3 -e 2026-03-02', '--days is instead of an end: leave --end-time and --to out'],
    ['a b', 'one folder at most, got "a" and "b"'],
    ['--stdout --log x', '--stdout and --log are 2 places to write to: give one of them'],
    ['--format xml', '--format takes json or avro, got "xml"'],
    [
      '--kafka a:1',
      'Avro in Kafka needs a schema registry: give --schema-registry URL, or --format json',
    ],
    ['--schema-registry http://c:3', '--schema-registry is for --kafka'],
    ['--format avro --stdout', 'Avro has no lines: --format avro needs --out, --log or --kafka'],
    [
      '--format avro --malformed 0.1',
      'an Avro file has one schema, and no record in it can be malformed: --malformed and --schema-v2 need --format json, --log or --kafka',
    ],
    ['--late 0.7 --malformed 0.7', 'the rates of faults add up to 1.4, more than 1'],
    ['--late 2', '--late takes a number from 0 to 1, got "2"'],
    ['--sample 3 --checkpoint x', '--checkpoint goes on with output, and --sample has none'],
    ['--nusers', "Option '-n, --nusers <value>' argument missing; --help lists the options"],
    ['--wat', "Unknown option '--wat'"],
    ['--generate-counts', 'the raw files of the Million Song Dataset are not read here'],
  ])('%s is refused', (args, message) => {
    expect(() => readCommandLine(args.split(' '))).toThrow(message);
  });
});

test('the help fits a terminal and names every option', () => {
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  const names =
    'config data nusers growth-rate attrition-rate userid randomseed tag start-time end-time from to days continuous speed rate checkpoint out stdout log kafka schema-registry sample dry-run format ids partitions workers compat duplicates late out-of-order malformed schema-v2 labels json verbose help version kafkaBrokerList useAvro nouseAvro nocontinuous';
  for (const name of names.split(' ')) expect(help).toContain(`--${name}`);
});
