import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LocalKafkaError } from '../errors.ts';
import { type JarPart, jarParts } from './jar-parts.ts';
import { pomFile } from './pom-file.ts';

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

/**
 * Has Maven fetch the jars of a part into a folder.
 *
 * @param work a folder for what Maven itself writes.
 * @throws LocalKafkaError with what Maven said when it fails.
 */
export async function runMaven(part: JarPart, work: string, jars: string): Promise<void> {
  const { goal, more, what } = jarParts[part];
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
