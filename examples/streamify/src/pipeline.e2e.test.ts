import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { openReader, openWarehouse } from '@streamify/sink-duckdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing, runMain, startMain } from './testing/run-main.ts';
import { tableChecksums } from './testing/table-checksums.ts';

const small = ['--users', '60', '--days', '6', '--seed', '5'];
/** In which stage a run is killed, and how many milliseconds after its start. */
const killedIn = [
  ['simulate', 0],
  ['simulate', 30],
  ['simulate', 80],
  ['land', 0],
  ['land', 100],
  ['land', 400],
  ['model', 0],
  ['model', 1_500],
] as const;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const checksumsIn = async (data: string) => ({
  raw: await tableChecksums(join(data, 'raw.duckdb')),
  warehouse: await tableChecksums(join(data, 'warehouse.duckdb')),
});
const query = async (data: string, sql: string) => {
  const reader = await openReader({
    path: join(data, 'warehouse.duckdb'),
    attach: { raw: join(data, 'raw.duckdb') },
  });
  try {
    return await reader.query(sql);
  } finally {
    reader.close();
  }
};

describe.skipIf(missing !== '')(`the pipeline${missing && ` (skipped: needs ${missing})`}`, () => {
  let undisturbed: string;
  beforeAll(async () => {
    undisturbed = join(dir, 'undisturbed');
    const { code, stdout, stderr } = await runMain(...small, '--data-dir', undisturbed);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('DOES NOT ADD UP');
  });

  it('fills every table of the star schema', async () => {
    const { raw, warehouse } = await checksumsIn(undisturbed);
    for (const table of [
      'fact_streams',
      'dim_users',
      'dim_songs',
      'dim_artists',
      'dim_locations',
      'dim_datetime',
    ])
      expect(warehouse[`main.${table}`]?.rows, table).toBeGreaterThan(1);
    expect(warehouse['main.fact_streams']?.rows).toBe(raw['main.listen_events']?.rows);
    const [wide] = await query(undisturbed, 'select count(*)::integer as n from wide_streams');
    expect(wide).toEqual({ n: raw['main.listen_events']?.rows });
  });

  it('adds nothing when it is run again', async () => {
    const before = await checksumsIn(undisturbed);
    const { code, stdout } = await runMain('--data-dir', undisturbed);
    expect(code).toBe(0);
    expect(stdout).toContain('events are in the log already');
    expect(await checksumsIn(undisturbed)).toEqual(before);
  });

  it('gives the same tables however often it is killed on the way', async () => {
    const killed = join(dir, 'killed');
    const args = [...small, '--data-dir', killed];
    for (const [stage, milliseconds] of killedIn) {
      const { child, ended, until } = startMain(...args);
      await until((stdout) => stdout.includes(stage));
      await delay(milliseconds);
      expect(child.kill('SIGKILL')).toBe(true);
      await ended;
    }
    const { code, stdout, stderr } = await runMain(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('DOES NOT ADD UP');
    expect(await checksumsIn(killed)).toEqual(await checksumsIn(undisturbed));
  });

  it('control: the comparison sees a single row that landed twice, and the reconciliation says so', async () => {
    const doubled = join(dir, 'doubled');
    await mkdir(doubled, { recursive: true });
    await runMain(...small, '--data-dir', doubled);
    const warehouse = await openWarehouse({ path: join(doubled, 'raw.duckdb') });
    await warehouse.query('insert into listen_events from listen_events limit 1');
    await warehouse.close();
    expect(await tableChecksums(join(doubled, 'raw.duckdb'))).not.toEqual(
      await tableChecksums(join(undisturbed, 'raw.duckdb')),
    );
    const { code, stdout, stderr } = await runMain('--data-dir', doubled);
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/DOES NOT ADD UP|dbt failed/);
  });

  it('stops cleanly at Ctrl-C and goes on in the next run', async () => {
    const stopped = join(dir, 'stopped');
    const { child, ended } = startMain(...small, '--data-dir', stopped);
    await new Promise((next) => child.stdout?.once('data', next));
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('run it again to go on from here');
    expect((await runMain(...small, '--data-dir', stopped)).code).toBe(0);
    expect(await checksumsIn(stopped)).toEqual(await checksumsIn(undisturbed));
  });

  it('refuses a second run on the same data, and says who holds it', async () => {
    const shared = join(dir, 'shared');
    const first = startMain(...small, '--data-dir', shared);
    await new Promise((next) => first.child.stdout?.once('data', next));
    const second = await runMain(...small, '--data-dir', shared);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`${first.child.pid}`);
    const fresh = await runMain(...small, '--fresh', '--data-dir', shared);
    expect(fresh.code).toBe(1);
    expect(fresh.stderr).toContain(`${first.child.pid}`);
    expect((await first.ended).code).toBe(0);
  });

  it('is loud about a log that lost records it had acknowledged, and starts over with --fresh', async () => {
    const damaged = join(dir, 'damaged');
    expect((await runMain(...small, '--data-dir', damaged)).code).toBe(0);
    const segment = join(damaged, 'log/topics/listen_events/0/00000000000000000000.log');
    await truncate(segment, 100);
    const { code, stderr } = await runMain('--data-dir', damaged);
    expect(code).toBe(1);
    expect(stderr).toContain(segment);
    expect((await runMain(...small, '--fresh', '--data-dir', damaged)).code).toBe(0);
    expect(await checksumsIn(damaged)).toEqual(await checksumsIn(undisturbed));
  });

  it('lands real output of the original, with its quirks, and accounts for every line', async () => {
    const input = join(dir, 'eventsim');
    await mkdir(input);
    const listen = (fields: object) =>
      JSON.stringify({
        artist: 'BeyoncÃ©',
        song: 'Halo',
        duration: 261.6,
        ts: 1_777_852_882_000,
        sessionId: 1,
        auth: 'Logged In',
        level: 'paid',
        itemInSession: 0,
        city: 'Adjuntas',
        zip: '00601',
        state: 'PR',
        userAgent: '"Mozilla/5.0"',
        lon: -66.7,
        lat: 18.1,
        userId: 2,
        lastName: 'Doe',
        firstName: 'Ann',
        gender: 'F',
        registration: 1_760_490_575_000,
        ...fields,
      });
    const lines = [
      listen({}),
      listen({}), // the same line again: a duplicate
      listen({ itemInSession: 1, ts: 1_777_853_000 }), // in seconds
      listen({ itemInSession: 2, artist: null, song: null }), // no song: still a fact
      listen({ itemInSession: 3, ts: null }),
      listen({ itemInSession: 4, sessionId: undefined }),
      '{"ts": 17778',
      listen({ itemInSession: 5, duration: 'long' }),
    ];
    await writeFile(join(input, 'listen_events.json.gz'), gzipSync(lines.join('\n')));
    const data = join(dir, 'imported');
    const { code, stdout, stderr } = await runMain('--from-jsonl', input, '--data-dir', data);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/listen_events +8 +3 +1 +4 +ok/);
    expect(stdout).toContain('1 of listen_events: duration is not a double: "long" (one: ');
    expect(stdout).toContain('1 of listen_events: no session (one: partition ');
    expect(
      await query(
        data,
        'select artist, user_agent, zip, ts::varchar as ts from raw.listen_events order by item_in_session',
      ),
    ).toEqual([
      { artist: 'Beyoncé', user_agent: 'Mozilla/5.0', zip: '00601', ts: '2026-05-04 00:01:22' },
      { artist: 'Beyoncé', user_agent: 'Mozilla/5.0', zip: '00601', ts: '2026-05-04 00:03:20' },
      { artist: null, user_agent: 'Mozilla/5.0', zip: '00601', ts: '2026-05-04 00:01:22' },
    ]);
    const dead = await query(
      data,
      `select coalesce(headers->>'reason', reason) as reason, headers->>'line' as line from raw._streamify.dead_letters
       where job = 'clean listen_events' order by all`,
    );
    expect(dead).toEqual([
      { reason: 'duration is not a double: "long"', line: '8' },
      { reason: 'no session', line: null },
      { reason: 'no timestamp', line: null },
      { reason: expect.stringContaining('not JSON'), line: '7' },
    ]);
    const [facts] = await query(data, 'select count(*)::integer as n from fact_streams');
    expect(facts).toEqual({ n: 3 });
  });
});

describe('the command', () => {
  it('shows its options and does nothing else', async () => {
    const { code, stdout } = await runMain('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--from-jsonl DIR');
  });

  it.each([
    [['--users', 'x'], '--users takes a whole number from 1 on, got "x"'],
    [['--nope'], "Unknown option '--nope'"],
    [['--from-jsonl', 'nowhere'], 'is no folder'],
    [['--config', 'nowhere.json'], 'cannot be read: it does not exist'],
  ])('says of %j what is wrong, in one line', async (args, message) => {
    const { code, stdout, stderr } = await runMain(...args, '--data-dir', join(dir, 'refused'));
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).not.toContain('    at ');
  });

  it('says which key of a configuration is wrong', async () => {
    const config = join(dir, 'config.json');
    await writeFile(config, JSON.stringify({ levels: 'free' }));
    const { code, stderr } = await runMain('--config', config, '--data-dir', join(dir, 'config'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/configuration key "levels": expected a list/);
  });
});
