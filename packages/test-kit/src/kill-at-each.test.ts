import { expect, it } from 'vitest';
import { killAtEach } from './kill-at-each.ts';
import type { Ended } from './start-process.ts';

const killed: Ended = { code: null, signal: 'SIGKILL', stdout: '', stderr: '' };
const well: Ended = { code: 0, signal: null, stdout: '', stderr: '' };

/** A job of so many steps, of which each process does one if its point is behind the step. */
function jobOf(steps: number) {
  let left = steps;
  return async (point?: string) => {
    if (left === 0 || point === undefined) return well;
    if (point === 'behind') left--;
    return killed;
  };
}

it('goes round the points until a process ends by itself, and gives those that it died at', async () => {
  expect([...(await killAtEach(['before', 'behind'], jobOf(3)))]).toEqual(['before', 'behind']);
  expect([...(await killAtEach(['before', 'behind'], jobOf(0)))]).toEqual([]);
});

it('fails when a process fails, or complains, and when there is no end', async () => {
  const failing = async () => ({ ...well, code: 1, stderr: 'no such topic' });
  await expect(killAtEach(['before'], failing)).rejects.toThrow('at before ended by 1: no such');
  const complaining = async () => ({ ...well, stderr: 'a warning' });
  await expect(killAtEach(['before'], complaining)).rejects.toThrow('a warning');
  await expect(killAtEach(['before'], jobOf(1))).rejects.toThrow('not at an end');
});
