import { join } from 'node:path';
import { temporaryFolder } from '@streamify/test-kit';
import { beforeEach, expect, it } from 'vitest';
import { announce, livePlace } from './live-place.ts';

let dir: string;
beforeEach(async () => {
  dir = await temporaryFolder();
});

const place = { brokers: ['a:1'], registryUrl: 'http://b:2', run: 'streamify-0a1b2c3d' };

it('tells of a run for as long as its process lands it', () => {
  const file = join(dir, 'live.json');
  expect(livePlace(file)).toBeUndefined();
  const announced = announce(file, { ...place, pid: process.pid });
  expect(livePlace(file)).toEqual({ ...place, pid: process.pid });
  announced.end();
  expect(livePlace(file)).toBeUndefined();
});

it('tells of none whose process was killed', () => {
  const file = join(dir, 'live.json');
  // Process ids end well below that.
  announce(file, { ...place, pid: 2 ** 30 });
  expect(livePlace(file)).toBeUndefined();
});
