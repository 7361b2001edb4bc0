import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

it('is the one of the environment', () => {
  expect(cacheFolder('.', { STREAMIFY_CACHE: '/var/cache/streamify' })).toBe(
    '/var/cache/streamify/kafka',
  );
});

it.each([{}, { STREAMIFY_CACHE: '' }])('is below the working directory with %o', (env) => {
  expect(cacheFolder('.', env)).toBe(resolve(join('.streamify', 'cache', 'kafka')));
});

it('is below another folder where one is given, unless the environment names an absolute one', () => {
  expect(cacheFolder('/srv/clone', {})).toBe('/srv/clone/.streamify/cache/kafka');
  expect(cacheFolder('/srv/clone', { STREAMIFY_CACHE: 'jars' })).toBe('/srv/clone/jars/kafka');
  expect(cacheFolder('/srv/clone', { STREAMIFY_CACHE: '/var/cache' })).toBe('/var/cache/kafka');
});
