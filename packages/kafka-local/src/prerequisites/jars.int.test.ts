import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalKafkaError, MissingPrerequisiteError } from '../errors.ts';
import { fetchJars, hasJars } from './jars.ts';

let dir: string;
let cache: string;
const calls = async () => (await readFile(join(dir, 'calls'), 'utf8')).trim().split('\n');
const lines: string[] = [];
const report = (line: string) => void lines.push(line);

/** A program that is called as Maven is. */
async function maven(script: string): Promise<void> {
  await writeFile(
    join(dir, 'bin', 'mvn'),
    `#!/bin/sh
[ "$1" = --version ] && exit 0
echo "$@" >> '${dir}/calls'
for arg; do case "$arg" in -DoutputDirectory=*) out="\${arg#*=}" ;; esac; done
${script}`,
    { mode: 0o755 },
  );
}

const twoJars = 'echo one > "$out/one.jar"; mkdir "$out/lib"; echo two > "$out/lib/two.jar"';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-jars-'));
  cache = join(dir, 'cache');
  lines.length = 0;
  await mkdir(join(dir, 'bin'));
  vi.stubEnv('PATH', `${join(dir, 'bin')}${delimiter}${process.env['PATH']}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

describe('jars', () => {
  it('are fetched once, with a line that says so', async () => {
    await maven(twoJars);
    const folder = await fetchJars('broker', cache, report);
    expect(await readFile(join(folder, 'lib', 'two.jar'), 'utf8')).toBe('two\n');
    expect(lines).toEqual([`fetching Kafka (45 MB) by Maven into ${cache} …`]);

    expect(await fetchJars('broker', cache, report)).toBe(folder);
    expect(await calls()).toHaveLength(1);
    expect((await calls())[0]).toContain('dependency:copy-dependencies -DincludeScope=runtime');
  });

  it('are fetched once by two that start at the same time', async () => {
    await maven(twoJars);
    const both = await Promise.all([1, 2].map(() => fetchJars('broker', cache, report)));
    expect(both[0]).toBe(both[1]);
    expect(await calls()).toHaveLength(1);
  });

  it('need no Maven once they are there', async () => {
    await maven(twoJars);
    await fetchJars('broker', cache, report);
    vi.stubEnv('PATH', join(dir, 'none'));
    await expect(fetchJars('broker', cache, report)).resolves.toMatch(/broker-/);
    expect(await hasJars('broker', cache)).toBe(true);
    expect(await hasJars('registry', cache)).toBe(false);
  });

  it.each([
    ['is gone', (file: string) => rm(file)],
    ['is longer', (file: string) => appendFile(file, 'more')],
    ['is cut off', (file: string) => writeFile(file, 't')],
  ])('are fetched anew when one of them %s', async (_how, damage) => {
    await maven(twoJars);
    const folder = await fetchJars('broker', cache, report);
    await damage(join(folder, 'lib', 'two.jar'));
    expect(await hasJars('broker', cache)).toBe(false);
    expect(await fetchJars('broker', cache, report)).toBe(folder);
    expect(await readFile(join(folder, 'lib', 'two.jar'), 'utf8')).toBe('two\n');
  });

  it('come into each cache, though Maven notes down beside its pom that it has unpacked them', async () => {
    await maven(`pom=$(echo "$@" | sed 's/.*-f \\([^ ]*\\).*/\\1/')
[ -e "$pom.marker" ] && exit 0
touch "$pom.marker"
${twoJars}`);
    await fetchJars('registry', cache, report);
    const other = await fetchJars('registry', join(dir, 'other'), report);
    expect(existsSync(join(other, 'lib', 'two.jar'))).toBe(true);
  });

  it('that Maven does not bring are missed at once', async () => {
    await maven('exit 0');
    await expect(fetchJars('registry', cache, report)).rejects.toThrow('maven ended well, but');
    expect(await hasJars('registry', cache)).toBe(false);
  });

  it('leave nothing when Maven fails half way, and its words are told', async () => {
    await maven('echo one > "$out/one.jar"; echo "[ERROR] no such host" ; exit 1');
    const failed = fetchJars('registry', cache, report);
    await expect(failed).rejects.toThrow(LocalKafkaError);
    await expect(failed).rejects.toThrow(
      /the schema registry.*try again:\n\[ERROR\] no such host/s,
    );
    expect(await readdir(cache)).toEqual([]);
  });

  it('that a killed process fetched half way are removed, and fetched whole', async () => {
    const noSuchProcess = 2 ** 22 + 1;
    const leftover = join(cache, `.fetching-${noSuchProcess}-abc`);
    await mkdir(leftover, { recursive: true });
    await writeFile(join(leftover, 'one.jar'), 'one');
    await maven(twoJars);
    const folder = await fetchJars('broker', cache, report);
    expect(existsSync(leftover)).toBe(false);
    expect(existsSync(join(folder, 'lib', 'two.jar'))).toBe(true);
  });

  it('cannot be fetched without Maven: the message says how to get it', async () => {
    vi.stubEnv('PATH', join(dir, 'none'));
    const failed = fetchJars('broker', cache, report);
    await expect(failed).rejects.toThrow(MissingPrerequisiteError);
    await expect(failed).rejects.toMatchObject({ missing: 'Maven' });
    await expect(failed).rejects.toThrow(/no mvn on the path: install Maven .*apt install maven/);
  });
});
