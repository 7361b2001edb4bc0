import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { LocalKafkaError, MissingPrerequisiteError } from '../errors.ts';
import { withLock } from '../process/lock.ts';
import { startedProcess } from '../process/process-start.ts';

/** What can be fetched: each has a folder of the cache, and goals of Maven that fill it. */
const parts = {
  broker: {
    what: 'Kafka (45 MB)',
    goal: 'copy-dependencies',
    more: ['-DincludeScope=runtime'],
  },
  registry: { what: 'the schema registry (109 MB)', goal: 'unpack', more: [] },
} as const;

export type JarPart = keyof typeof parts;

const stampFile = '.complete';

/**
 * Resolves with the folder that holds the jars of a part, fetching them by Maven where it must.
 *
 * A folder counts only when its stamp names every file that is in it, and it comes into its place
 * by one renaming: neither a kill half way nor two processes at once leave anything that looks
 * complete and is not. When the pom changes, so does the folder.
 *
 * @throws MissingPrerequisiteError when there is something to fetch and no Maven.
 */
export async function fetchJars(
  part: JarPart,
  cache: string,
  report: (line: string) => void,
): Promise<string> {
  const folder = await jarFolder(part, cache);
  if (await isComplete(folder)) return folder;
  const onWait = (pid: number) =>
    report(`waiting for process ${pid}, which fetches jars as well …`);
  await withLock(join(cache, '.lock'), onWait, async () => {
    if (await isComplete(folder)) return;
    await fetchInto(folder, part, cache, report);
  });
  return folder;
}

/** Whether the jars of a part are there, so that nothing need be fetched. */
export async function hasJars(part: JarPart, cache: string): Promise<boolean> {
  return isComplete(await jarFolder(part, cache));
}

/** Whether there is a Maven to fetch with. */
export async function hasMaven(): Promise<boolean> {
  try {
    await promisify(execFile)('mvn', ['--version']);
    return true;
  } catch {
    // Not on the path, or not able to run: the same to us.
    return false;
  }
}

async function jarFolder(part: JarPart, cache: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(pomFile()));
  return join(cache, `${part}-${hash.digest('hex').slice(0, 12)}`);
}

/** The pom is part of the package, wherever the code was bundled to. */
function pomFile(): string {
  const manifest = createRequire(import.meta.url).resolve('@streamify/kafka-local/package.json');
  return join(dirname(manifest), 'local', 'pom.xml');
}

async function isComplete(folder: string): Promise<boolean> {
  const stamp = await readStamp(folder);
  if (stamp === undefined) return false;
  const sizes = await Promise.all(Object.keys(stamp).map((file) => sizeOf(join(folder, file))));
  return Object.values(stamp).every((size, index) => size === sizes[index]);
}

async function readStamp(folder: string): Promise<Record<string, number> | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, stampFile), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function sizeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function fetchInto(
  folder: string,
  part: JarPart,
  cache: string,
  report: (line: string) => void,
): Promise<void> {
  if (!(await hasMaven())) throw mavenIsMissing(part, cache);
  await removeLeftovers(cache);
  report(`fetching ${parts[part].what} by Maven into ${cache} …`);
  const fresh = await mkdtemp(join(cache, `${unfinished}${process.pid}-`));
  try {
    const jars = join(fresh, 'jars');
    await mkdir(jars);
    await runMaven(part, fresh, jars);
    await writeFile(join(jars, stampFile), JSON.stringify(await sizesIn(jars)));
    if (await isComplete(folder)) return;
    await rm(folder, { recursive: true, force: true });
    await rename(jars, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

const unfinished = '.fetching-';

/** Of fetches that were killed. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(unfinished)) continue;
    const pid = Number(name.slice(unfinished.length).split('-')[0]);
    if (pid !== process.pid && (await startedProcess(pid))) continue;
    await rm(join(cache, name), { recursive: true, force: true });
  }
}

async function runMaven(part: JarPart, work: string, jars: string): Promise<void> {
  const { goal, more, what } = parts[part];
  // Beside its pom Maven notes down what it has unpacked, and then would not do so for another folder.
  const pom = join(work, 'pom.xml');
  await copyFile(pomFile(), pom);
  const args = ['-q', '-B', '-f', pom, `dependency:${goal}`, ...more];
  try {
    await promisify(execFile)('mvn', [...args, `-DoutputDirectory=${jars}`]);
  } catch (cause) {
    const { stdout, stderr, message } = cause as { stdout?: string; stderr?: string } & Error;
    const said = `${stdout ?? ''}${stderr ?? ''}`.trim() || message;
    throw new LocalKafkaError(
      `maven could not fetch ${what}; check the network or the mirror in ~/.m2/settings.xml, then try again:\n${said}`,
      { cause },
    );
  }
}

/** @throws LocalKafkaError for an empty folder, which no part of ours is. */
async function sizesIn(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0) throw new LocalKafkaError(`maven ended well, but ${folder} is empty`);
  const sizes = await Promise.all(
    files.map(async (file) => [file.slice(folder.length + 1), (await stat(file)).size] as const),
  );
  return Object.fromEntries(sizes);
}

function mavenIsMissing(part: JarPart, cache: string): MissingPrerequisiteError {
  return new MissingPrerequisiteError(
    'Maven',
    `${parts[part].what} has to be fetched into ${cache}, and there is no mvn on the path: ` +
      'install Maven (Debian, Ubuntu: apt install maven; macOS: brew install maven), ' +
      'or set STREAMIFY_CACHE to a folder that has the jars already',
  );
}
