import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalKafkaError, MissingPrerequisiteError } from '../errors.ts';
import { withLock } from '../process/lock.ts';
import { startedProcess } from '../process/process-start.ts';
import { isComplete, stampFolder } from './complete-folder.ts';
import { type JarPart, jarParts } from './jar-parts.ts';
import { hasMaven, runMaven } from './maven.ts';
import { pomFile } from './pom-file.ts';

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

async function jarFolder(part: JarPart, cache: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(pomFile()));
  return join(cache, `${part}-${hash.digest('hex').slice(0, 12)}`);
}

async function fetchInto(
  folder: string,
  part: JarPart,
  cache: string,
  report: (line: string) => void,
): Promise<void> {
  if (!(await hasMaven())) throw mavenIsMissing(part, cache);
  await removeLeftovers(cache);
  report(`fetching ${jarParts[part].what} by Maven into ${cache} …`);
  const fresh = await mkdtemp(join(cache, `${unfinished}${process.pid}-`));
  try {
    const jars = join(fresh, 'jars');
    await mkdir(jars);
    await runMaven(part, fresh, jars);
    if ((await stampFolder(jars)) === 0)
      throw new LocalKafkaError(`maven ended well, but ${jars} is empty`);
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

function mavenIsMissing(part: JarPart, cache: string): MissingPrerequisiteError {
  return new MissingPrerequisiteError(
    'Maven',
    `${jarParts[part].what} has to be fetched into ${cache}, and there is no mvn on the path: ` +
      'install Maven (Debian, Ubuntu: apt install maven; macOS: brew install maven), ' +
      'or set STREAMIFY_CACHE to a folder that has the jars already',
  );
}
