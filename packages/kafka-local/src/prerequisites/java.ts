import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MissingPrerequisiteError } from '../errors.ts';

const oldest = 17;
const install =
  'install one (Debian, Ubuntu: apt install openjdk-17-jre-headless, or a newer one; macOS: brew install openjdk@17; https://adoptium.net) or set JAVA_HOME';

/**
 * Finds the Java that the broker runs on: the one of JAVA_HOME, or else the first of the path.
 *
 * @throws MissingPrerequisiteError when there is none, or when it is older than 17.
 */
export async function findJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const home = env['JAVA_HOME'];
  const java = home ? join(home, 'bin', 'java') : 'java';
  const missing = `Java ${oldest} or newer`;
  let output: string;
  try {
    const { stdout, stderr } = await promisify(execFile)(java, ['-version'], { env });
    output = `${stderr}${stdout}`;
  } catch (cause) {
    const why = home ? `${java} does not run (JAVA_HOME=${home})` : 'there is no java on the path';
    throw new MissingPrerequisiteError(
      missing,
      `a local broker needs ${missing}, but ${why}: ${install}`,
      {
        cause,
      },
    );
  }
  const version = javaVersion(output);
  if (version !== undefined && version >= oldest) return java;
  throw new MissingPrerequisiteError(
    missing,
    `a local broker needs ${missing}, but ${java} is ${version ?? (output.trim() || 'of no known version')}: ${install}`,
  );
}

/** The feature release that `java -version` tells: 17 of `17.0.15`, and 8 of `1.8.0_402`. */
export function javaVersion(output: string): number | undefined {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  if (first === undefined) return undefined;
  return Number(first === '1' ? second : first);
}
