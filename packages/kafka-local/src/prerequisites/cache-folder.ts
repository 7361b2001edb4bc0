import { join, resolve } from 'node:path';

/** Where the jars are kept: `$STREAMIFY_CACHE/kafka`, or else `.streamify/cache/kafka` of the working directory. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const root = env['STREAMIFY_CACHE'] || join('.streamify', 'cache');
  return resolve(root, 'kafka');
}
