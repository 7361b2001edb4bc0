import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const oldest = 17;

/** A program for Java: one source file, which Java compiles itself, and the pom that names its jars. */
export interface JavaProgram {
  readonly source: URL;
  readonly pom: URL;
  /** What Java itself is told, such as `-Xmx1g`. */
  readonly options?: readonly string[];
}

/** Tells what the machine lacks to run a program, such as `Maven`; `undefined` when it can. */
export async function missingForJava({ pom }: JavaProgram): Promise<string | undefined> {
  // One that is not there, or does not run, is the same to us.
  const { stdout } = await execute(java(), ['--list-modules']).catch(() => ({ stdout: '' }));
  const version = /^java\.base@(\d+)/m.exec(stdout)?.[1] ?? '0';
  // Without its compiler it does not run a source file.
  if (Number(version) < oldest || !stdout.includes('jdk.compiler'))
    return `Java ${oldest} or newer`;
  if (await isThere(await jarFolder(pom))) return undefined;
  return (await execute('mvn', ['--version']).catch(() => undefined)) ? undefined : 'Maven';
}

/**
 * Fetches the jars of a program by Maven, once for a machine, and returns their folder. It is named by
 * the pom, and gets that name when it is whole.
 */
async function fetchJarsOf({ pom }: JavaProgram): Promise<string> {
  const folder = await jarFolder(pom);
  if (await isThere(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  try {
    await mkdir(fresh, { recursive: true });
    const goal = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies';
    const options = ['-DincludeScope=runtime', `-DoutputDirectory=${fresh}`];
    await execute('mvn', ['-q', '-B', '-f', fileURLToPath(pom), goal, ...options]);
    await rename(fresh, folder);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    // Another run may have been faster.
    if (!(await isThere(folder))) throw cause;
  }
  return folder;
}

/** Runs a program on one request, and resolves with its answer: both are JSON, on its standard streams. */
export async function askJava<T>(program: JavaProgram, request: unknown): Promise<T> {
  const { source, options = [] } = program;
  const classPath = join(await fetchJarsOf(program), '*');
  const child = spawn(java(), [...options, '-cp', classPath, fileURLToPath(source)]);
  try {
    // It may end before it has read all: its errors say why.
    child.stdin.on('error', () => {}).end(JSON.stringify(request));
    const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    if (answer === '') throw new Error(`${source.pathname} gave no answer:\n${errors}`);
    return JSON.parse(answer) as T;
  } finally {
    child.kill('SIGKILL');
  }
}

function java(): string {
  const home = process.env['JAVA_HOME'];
  return home ? join(home, 'bin', 'java') : 'java';
}

async function jarFolder(pom: URL): Promise<string> {
  const stamp = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex')
    .slice(0, 12);
  return resolve(process.env['STREAMIFY_CACHE'] || join('.streamify', 'cache'), 'interop', stamp);
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
