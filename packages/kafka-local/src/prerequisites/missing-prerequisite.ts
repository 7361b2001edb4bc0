import { MissingPrerequisiteError } from '../errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { hasJars } from './jars.ts';
import { findJava } from './java.ts';
import { hasMaven } from './maven.ts';

/**
 * Tells what a local broker would lack on this machine, such as `Java 17 or newer`; `undefined`
 * when it can be started. A test that needs one is skipped by this name.
 *
 * @example
 * ```ts
 * import { missingPrerequisite } from '@streamify/kafka-local';
 *
 * const missing = await missingPrerequisite({ registry: true });
 * console.log(missing ?? 'a local broker can be started');
 * ```
 */
export async function missingPrerequisite(
  options: { readonly registry?: boolean; readonly cache?: string } = {},
): Promise<string | undefined> {
  const { registry = false, cache = cacheFolder() } = options;
  try {
    await findJava();
  } catch (error) {
    if (error instanceof MissingPrerequisiteError) return error.missing;
    throw error;
  }
  const there =
    (await hasJars('broker', cache)) && (!registry || (await hasJars('registry', cache)));
  return there || (await hasMaven()) ? undefined : 'Maven';
}
