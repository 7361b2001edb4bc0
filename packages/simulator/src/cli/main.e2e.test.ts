import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileLog } from '@streamify/core';
import { topics } from '@streamify/models';
import { afterAll, describe, expect, test } from 'vitest';
import { defaultConfig } from '../config/default-config.ts';
import { topicOrder } from '../records/record-writer.ts';
import { checksums, missing, run, start } from '../testing/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const window = ['-s', '2026-03-02', '--days', '10'];
const faults = [
  '--late',
  '0.01',
  '--duplicates',
  '0.01',
  '--out-of-order',
  '0.02',
  '--malformed',
  '0.01',
];

/** Kills the command with no warning whenever its output has grown by a step, until it is through. */
async function runKilled(
  args: readonly string[],
  grows: () => number,
  step: number,
): Promise<number> {
  for (let kills = 0; ; kills++) {
    const before = grows();
    const { child, ended } = start(args);
    const timer = setInterval(() => {
      if (grows() > before + step * (0.5 + kills)) child.kill('SIGKILL');
    }, 2);
    const { signal, code, stderr } = await ended;
    clearInterval(timer);
    if (signal === 'SIGKILL') continue;
    expect(stderr).toMatch(/events/);
    expect(code).toBe(0);
    return kills;
  }
}

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);

describe.skipIf(missing !== '')(`streamify-simulate ${missing && `(needs ${missing})`}`, () => {
  test('writes the same bytes with 1, 2 and 4 threads', async () => {
    const results = await Promise.all(
      [1, 2, 4].flatMap((workers) =>
        [['--ids'], ['--format', 'avro'], faults].map(async (more, i) => {
          const dir = at(`workers-${workers}-${i}`);
          const args = [
            ...window,
            '-n',
            '400',
            '-g',
            '2',
            '--workers',
            String(workers),
            ...more,
            dir,
          ];
          const { code, stderr } = await run(args);
          expect(stderr).toContain('events, up to');
          expect(code).toBe(0);
          return checksums(dir);
        }),
      ),
    );
    expect(Object.keys(results[0] ?? {})).toEqual(topicOrder.toSorted());
    for (const i of [0, 1, 2]) {
      expect(results[3 + i]).toEqual(results[i]);
      expect(results[6 + i]).toEqual(results[i]);
    }
  });

  test('names files, fields and options as the original does', async () => {
    const config = at('config.json');
    writeFileSync(config, JSON.stringify({ ...defaultConfig, seed: 5, 'n-users': 60, tag: 'A' }));
    const args = ['-c', config, '-s', '2026-03-02T00:00:00', '-e', '2026-03-20T00:00:00'];
    const long = [
      '--config',
      config,
      '--start-time',
      '2026-03-02T00:00:00',
      '--end-time',
      '2026-03-20T00:00:00',
    ];
    const short = await run([...args, '-n', '40', '-g', '0.5', '-u', '7', '-r', '3', at('short')]);
    expect(short.code).toBe(0);
    const more = ['--nusers', '40', '--growth-rate', '0.5', '--userid', '7', '--randomseed', '3'];
    await run([...long, ...more, '--nocontinuous', '--nouseAvro', '--out', at('long')]);
    expect(checksums(at('long'))).toEqual(checksums(at('short')));
    const views = readFileSync(join(at('short'), 'page_view_events'), 'utf8')
      .trim()
      .split('\n');
    const first = JSON.parse(views.find((line) => line.includes('"userId"')) ?? '') as object;
    expect(first).toMatchObject({ tag: 'A' });
    const ids = views.flatMap((line) => (JSON.parse(line) as { userId?: number }).userId ?? []);
    expect(Math.min(...ids)).toBeGreaterThanOrEqual(7);
    const { stdout } = await run([...args, '--dry-run', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ seed: 5, users: 60, ended: 'complete' });
  });

  test.each([
    ['lines', []],
    ['Avro', ['--format', 'avro']],
    ['lines with faults, in two threads', [...faults, '--workers', '2']],
  ])(
    'killed at any moment and run again, it leaves the files of an undisturbed run: %s',
    async (name, more) => {
      const [whole, killed] = [at(`${name}-whole`), at(`${name}-killed`)];
      const args = [...window, '-n', '2500', '-g', '0.5', ...more];
      await run([...args, '--out', whole, '--checkpoint', at(`${name}-whole.json`)]);
      const views = join(killed, name === 'Avro' ? 'page_view_events.avro' : 'page_view_events');
      const kills = await runKilled(
        [...args, '--out', killed, '--checkpoint', at(`${name}-killed.json`)],
        () => sizeOf(views),
        sizeOf(views.replace('-killed', '-whole')) / 5,
      );
      expect(kills).toBeGreaterThan(0);
      expect(checksums(killed)).toEqual(checksums(whole));
      const again = await run([
        ...args,
        '--out',
        killed,
        '--checkpoint',
        at(`${name}-killed.json`),
      ]);
      expect(again.stderr).toContain('everything is there already');
      expect(checksums(killed)).toEqual(checksums(whole));
    },
  );

  test('killed at any moment and run again, it leaves the log of an undisturbed run', async () => {
    const args = [...window, '-n', '2500', '--schema-v2', '0.01', '--labels', at('log.jsonl')];
    await run([...args, '--log', at('log-whole'), '--checkpoint', at('log-whole.json')]);
    const labels = readFileSync(at('log.jsonl'));
    const segment = join(at('log-killed'), 'topics/page_view_events/0/00000000000000000000.log');
    const kills = await runKilled(
      [...args, '--log', at('log-killed'), '--checkpoint', at('log-killed.json')],
      () => sizeOf(segment),
      sizeOf(segment.replace('-killed', '-whole')) / 5,
    );
    expect(kills).toBeGreaterThan(0);
    expect(readFileSync(at('log.jsonl')).equals(labels)).toBe(true);
    const [whole, killed] = [await contents(at('log-whole')), await contents(at('log-killed'))];
    expect(killed).toEqual(whole);
    expect(whole['page_view_events/0']).toMatch(/^\d{3,} /);
  });

  test('asked to stop, it saves where it is, and goes on from there until it is live', async () => {
    const now = Date.now();
    const from = new Date(now - 40 * 86_400_000).toISOString().slice(0, 19);
    const people = ['-n', '2000', '-s', from];
    const args = [...people, '--continuous', '--out', at('live'), '--checkpoint', at('live.json')];
    const views = join(at('live'), 'page_view_events');
    const stopWhen = async (isSo: () => boolean): Promise<string> => {
      const { child, ended } = start(args);
      await until(isSo);
      child.kill('SIGTERM');
      const { code, stderr } = await ended;
      expect(stderr).toContain('stopped: ');
      expect(code).toBe(143);
      return readFileSync(views, 'utf8');
    };
    const saved = () => {
      const { position } = JSON.parse(readFileSync(at('live.json'), 'utf8')) as {
        position: { time: number };
      };
      return position.time * 1_000;
    };
    const first = await stopWhen(() => sizeOf(views) > 1_000_000);
    const second = await stopWhen(() => sizeOf(views) > first.length + 1_000_000);
    const live = await stopWhen(() => saved() > now - 7_200_000);
    expect(second.startsWith(first)).toBe(true);
    expect(live.startsWith(second)).toBe(true);
    expect(live.length).toBeGreaterThan(second.length);
    const last = JSON.parse(live.trim().split('\n').at(-1) ?? '') as { ts: number };
    expect(last.ts).toBeLessThanOrEqual(Date.now());
    const end = new Date(last.ts + 1_000).toISOString();
    await run([...people, '-e', end, '--out', at('live-whole')]);
    const whole = readFileSync(join(at('live-whole'), 'page_view_events'), 'utf8');
    expect(whole.startsWith(live)).toBe(true);
    expect(whole.length - live.length).toBeLessThan(2_000);
  });

  test('ends cleanly when its reader leaves', async () => {
    const { code, stdout, stderr } = await run(['-n', '2000', ...window, '--stdout'], {
      shell: 'set -o pipefail; "$@" | head -3; exit $?; :',
    });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { topic: string }).topic),
    ).toContain('page_view_events');
    expect(stderr).toContain('the reader has gone');
    expect(code).toBe(0);
  });

  test('reports a full disk, and goes on from the checkpoint when there is room', async () => {
    const args = ['-n', '1000', ...window];
    const more = [...args, '--out', at('full'), '--checkpoint', at('full.json')];
    // Files may not grow beyond 2 MB: what the disk says when it is full comes at the same place.
    const full = await run(more, { shell: "trap '' XFSZ; ulimit -f 2000; exec" });
    expect(full.code).toBe(1);
    expect(full.stderr).toMatch(
      /cannot write .*page_view_events: it would be larger than files may be\n.*run the same command again/,
    );
    expect((await run(more)).code).toBe(0);
    await run([...args, '--out', at('full-whole')]);
    expect(checksums(at('full'))).toEqual(checksums(at('full-whole')));
    const device = await run([...args, '--stdout'], { shell: 'f() { "$@" > /dev/full; }; f' });
    expect(device.stderr).toContain('cannot write to standard output: the disk is full');
    expect(device.code).toBe(1);
  });

  test.each<[string, readonly string[], string]>([
    ['an unknown option', ['--nuser', '5'], "Unknown option '--nuser'"],
    [
      'a broker without its port',
      ['--kafka', 'localhost', '--schema-registry', 'http://localhost:8081'],
      'a broker is a host:port such as localhost:9092, got "localhost"',
    ],
    [
      'a missing configuration',
      ['-c', 'none.json'],
      'none.json: cannot be read: it does not exist',
    ],
    [
      'a configuration that is no JSON',
      ['-c', 'bad.json'],
      'bad.json, row 1, column 11: is not JSON: expected a value, found "}"',
    ],
    [
      'an unknown page',
      ['-c', 'page.json'],
      'configuration key "transitions[0].dest.page": expected a page that transitions start from',
    ],
    [
      'an end before the start',
      ['-s', '2026-03-02', '-e', '2026-03-01'],
      'the end 2026-03-01T00:00:00.000Z is not after the start 2026-03-02T00:00:00.000Z',
    ],
    [
      'a data folder without files',
      ['--data', '.'],
      'has none of listen_counts.txt, plain or as .gz',
    ],
    [
      'a data file with a bad row',
      ['--data', 'data'],
      'listen_counts.txt, row 2, column 5 (plays): expected a number of at least 0, found "many"',
    ],
    [
      'a folder that is a file',
      ['--out', 'bad.json', ...window],
      'cannot make the folder bad.json: something else is there',
    ],
    [
      'a checkpoint that is none',
      ['--checkpoint', 'bad.json'],
      'bad.json is no checkpoint of this version: delete it to start over',
    ],
    [
      'a checkpoint of another seed',
      [...window, '-r', '9', '--out', 'c', '--checkpoint', 'c.json'],
      'the checkpoint c.json is of another simulation: seed is 1 there and 9 here; delete it to start over',
    ],
    [
      'a checkpoint of another start',
      ['-s', '2026-03-03', '-r', '1', '--out', 'c', '--checkpoint', 'c.json'],
      'it starts 2026-03-02T00:00:00.000Z there and 2026-03-03T00:00:00.000Z here',
    ],
  ])('%s is one clear message', async (_, args, message) => {
    const cwd = at('bad');
    if (!existsSync(cwd)) await prepareBad(cwd);
    const { code, stderr, stdout } = await run(args, { cwd });
    expect(stderr).toContain(`streamify-simulate: `);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  test('shows its help, its version, a sample and a summary', async () => {
    const { stdout: help } = await run(['--help']);
    expect(help).toContain('Usage: npx @streamify/simulator [options] [DIR]');
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const sample = await run(['-n', '50', '--sample', '5', '--ids']);
    expect(sample.stdout.trim().split('\n')).toHaveLength(5);
    const { stdout } = await run(['-n', '50', ...window, '--dry-run', '--json', '-v']);
    const summary = JSON.parse(stdout) as { total: number; records: Record<string, number> };
    expect(summary.total).toBe(Object.values(summary.records).reduce((a, b) => a + b, 0));
  });
});

/** Records and a checksum of each partition. */
async function contents(dir: string): Promise<Record<string, string>> {
  const { createHash } = await import('node:crypto');
  const log = await fileLog({ dir, mode: 'read' });
  const found: Record<string, string> = {};
  for (const topic of Object.keys(topics))
    for (let partition = 0; partition < 4; partition++) {
      const reader = await log.reader(topic, partition);
      const hash = createHash('sha256');
      const { end } = await reader.bounds();
      for (let from = 0; from < end; ) {
        const slice = await reader.poll({
          from,
          maxRecords: 10_000,
          maxBytes: 10_000_000,
          maxWait: 0,
        });
        for (const { key, value } of slice.records) hash.update(key).update(value);
        from = slice.next;
      }
      found[`${topic}/${partition}`] = `${end} ${hash.digest('hex')}`;
      await reader.close();
    }
  await log.close();
  return found;
}

async function prepareBad(cwd: string): Promise<void> {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(cwd, 'data'), { recursive: true });
  writeFileSync(join(cwd, 'bad.json'), '{ "seed": }');
  const [first, ...rest] = defaultConfig.transitions;
  const transitions = [{ ...first, dest: { ...first?.dest, page: 'Hom' } }, ...rest];
  writeFileSync(join(cwd, 'page.json'), JSON.stringify({ ...defaultConfig, transitions }));
  writeFileSync(
    join(cwd, 'data', 'listen_counts.txt'),
    'TR1\tA\tB\t100\t4\nTR2\tA\tC\t100\tmany\n',
  );
  writeFileSync(join(cwd, 'data', 'yob1990.txt'), 'Ada,F,20\n');
  writeFileSync(join(cwd, 'data', 'Top1000Surnames.csv'), 'name,rank,count\nSMITH,1,900\n');
  writeFileSync(join(cwd, 'data', 'user-agents.tsv'), 'weight\tuserAgent\n7\tMozilla\n');
  writeFileSync(
    join(cwd, 'data', 'locations.tsv'),
    'zip\tcity\tstate\tlat\tlon\tpopulation\n01001\tAgawam\tMA\t42.06\t-72.62\t16769\n',
  );
  const args = [...window, '-r', '1', '--out', 'c', '--checkpoint', 'c.json'];
  expect((await run(args, { cwd })).code).toBe(0);
}

/** Looks again and again until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  const { promise, resolve } = withResolvers();
  const timer = setInterval(() => isSo() && resolve(), 20);
  await promise;
  clearInterval(timer);
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
