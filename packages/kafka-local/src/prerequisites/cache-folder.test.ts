import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

it('is the one of the environment', () => {
  expect(cacheFolder({ STREAMIFY_CACHE: '/var/cache/streamify' })).toBe(
    '/var/cache/streamify/kafka',
  );
});

it.each([{}, { STREAMIFY_CACHE: '' }])('is below the working directory with %o', (env) => {
  expect(cacheFolder(env)).toBe(resolve(join('.streamify', 'cache', 'kafka')));
});
