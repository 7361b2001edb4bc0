import { join, resolve } from 'node:path';

/**
 * Tells where the jars are kept: in `$STREAMIFY_CACHE/kafka`, or else `.streamify/cache/kafka`, both
 * below `home`, which is the working directory unless it is given.
 */
export function cacheFolder(
  home = '.',
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return resolve(home, env['STREAMIFY_CACHE'] || join('.streamify', 'cache'), 'kafka');
}
