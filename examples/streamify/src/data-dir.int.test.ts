import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkFresh, emptyDataDir, openDataDir } from './data-dir.ts';
import { parseOptions } from './options.ts';

let dir: string;
beforeEach(async () => {
  dir = await temporaryFolder();
});
const open = (...args: string[]) => openDataDir(parseOptions([...args, '--data-dir', dir]));
const fresh = (check = () => {}) => checkFresh(parseOptions(['--data-dir', dir]), check);

describe('openDataDir', () => {
  it('takes its source from the first run', () => {
    expect(open('--seed', '5').source).toEqual({
      kind: 'simulation',
      users: 1_000,
      days: 30,
      seed: 5,
      config: null,
    });
  });

  it('keeps that source in later runs that ask for nothing else', () => {
    open('--seed', '5', '--users', '10');
    expect(open().source).toMatchObject({ seed: 5, users: 10 });
    expect(open('--users', '10').source).toMatchObject({ seed: 5, users: 10 });
  });

  it('refuses another source, and says what there is and what to do', () => {
    open('--seed', '5');
    expect(() => open('--seed', '6')).toThrow(
      `${dir} holds a run of --users 1000 --days 30 --seed 5: add --fresh to replace it, or --data-dir to keep both`,
    );
    expect(() => open('--from-jsonl', dir)).toThrow(/holds a run of --users 1000/);
  });

  it('does not mix a simulation into imported events', () => {
    open('--from-jsonl', join(dir, 'in'));
    expect(open().source).toEqual({ kind: 'jsonl', dir: join(dir, 'in') });
    expect(() => open('--users', '5')).toThrow(/holds a run of --from-jsonl/);
  });

  it('remembers that it is on Kafka, and under which name', () => {
    const { run } = open('--kafka', '--seed', '5');
    expect(run).toMatch(/^streamify-[0-9a-f]{8}$/);
    expect(open('--kafka')).toMatchObject({ run, source: { seed: 5 } });
    expect(() => open()).toThrow(
      'holds a run of --kafka --users 1000 --days 30 --seed 5: give these again, add --fresh to replace it',
    );
    expect(() => open('--kafka', '--continuous')).toThrow(/holds a run of --kafka --users/);
    emptyDataDir(dir);
    expect(open().run).toBeUndefined();
    expect(() => open('--kafka')).toThrow(/holds a run of --users 1000/);
  });

  it('begins a live run once, and goes on with it', () => {
    const { source } = open('--kafka', '--continuous', '--days', '2');
    if (source.kind !== 'live') throw new Error(`it is ${source.kind}`);
    expect(Math.round((Date.now() - source.start) / 86_400_000)).toBe(2);
    expect(open('--kafka', '--continuous', '--speed', '60').source).toEqual(source);
    expect(() => open('--kafka', '--continuous', '--days', '1')).toThrow(
      'holds a run of --kafka --continuous --users 10000 --days 2 --seed 1: add --fresh',
    );
    expect(() => open('--kafka')).toThrow(/holds a run of --kafka --continuous/);
  });

  it('shares its folder with the local broker, and leaves that alone', async () => {
    await mkdir(join(dir, 'kafka'));
    await mkdir(join(dir, 'cache'));
    open();
    emptyDataDir(dir);
    expect((await readdir(dir)).sort()).toEqual(['cache', 'kafka']);
  });

  it('refuses a folder with something else in it', async () => {
    await writeFile(join(dir, 'thesis.txt'), 'precious');
    expect(() => open()).toThrow(/holds thesis.txt and no plan.json/);
  });

  it('remembers what was published', () => {
    const counts = {
      listen_events: 1,
      page_view_events: 2,
      auth_events: 3,
      status_change_events: 4,
    };
    expect(open().published).toBeUndefined();
    open().setPublished(counts);
    expect(open().published).toEqual(counts);
  });

  it('removes only what is ours', async () => {
    open();
    await writeFile(join(dir, 'thesis.txt'), 'precious');
    emptyDataDir(dir);
    expect(await readdir(dir)).toEqual(['thesis.txt']);
    const missing = join(dir, 'missing');
    expect(() => emptyDataDir(missing)).not.toThrow();
    expect(existsSync(missing)).toBe(false);
  });

  it("removes nothing from a folder of somebody else's, whatever the names in it", async () => {
    await mkdir(join(dir, 'dbt'));
    await writeFile(join(dir, 'dbt', 'models.sql'), 'precious');
    await writeFile(join(dir, 'package.json'), '{}');
    expect(() => emptyDataDir(dir)).toThrow(/holds package.json and no plan.json/);
    expect(fresh).toThrow(/holds package.json and no plan.json/);
    expect(await readdir(join(dir, 'dbt'))).toEqual(['models.sql']);
  });

  it('finds that the new source cannot work before anything is removed', () => {
    open();
    const check = () => {
      throw new Error('no such source');
    };
    expect(() => fresh(check)).toThrow('no such source');
    expect(() => fresh()).not.toThrow();
  });

  it('refuses to mix another source into a log whose plan is gone', async () => {
    await mkdir(join(dir, 'log'));
    expect(() => open('--seed', '6')).toThrow(/holds a log and no plan.json .*--fresh/);
    emptyDataDir(dir);
    expect(open('--seed', '6').source).toMatchObject({ seed: 6 });
  });

  it('starts over after a kill in the middle of writing', async () => {
    open();
    await writeFile(join(dir, 'published.json.writing'), '{');
    emptyDataDir(dir);
    expect(() => open()).not.toThrow();
  });

  it('says which file is damaged', async () => {
    await writeFile(join(dir, 'plan.json'), '{');
    expect(() => open()).toThrow(/plan.json is damaged: it is not JSON; --fresh starts over/);
  });

  it('says why a configuration cannot be read', async () => {
    await writeFile(join(dir, 'plan.json.writing'), '{');
    expect(() => open('--config', join(dir, 'plan.json.writing'))).toThrow(/is not JSON: expected/);
    expect(() => open('--config', join(dir, 'nowhere.json'))).toThrow(/it does not exist/);
  });
});
