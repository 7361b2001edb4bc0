import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureLocalKafka } from './ensure-local-kafka.ts';
import { localKafkaStatus } from './local-kafka-status.ts';
import { freePort } from './ports.ts';
import { missingPrerequisite } from './prerequisites/missing-prerequisite.ts';
import { killProcess } from './process/stop-process.ts';
import { type RunningService, readRunning } from './state-file.ts';
import { stopLocalKafka } from './stop-local-kafka.ts';

const missing = await missingPrerequisite({ registry: true });
const timeout = 180_000;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-ensured-'));
});
afterEach(async () => {
  await stopLocalKafka({ dir });
  await rm(dir, { recursive: true, force: true });
}, timeout);

/** Kills one of the two, as a fault would. */
const kill = async (which: 'broker' | 'registry') =>
  killProcess((await readRunning(dir))[which] as RunningService);

describe.skipIf(missing !== undefined)(
  `a local broker that stays${missing ? ` (needs ${missing})` : ''}`,
  { timeout },
  () => {
    it('is started once, and what has died of it comes back on its port', async () => {
      const [port, registryPort] = [await freePort(), await freePort()];
      const ensure = () => ensureLocalKafka({ dir, port, registryPort, heap: '512m' });
      const first = await ensure();
      expect(first).toMatchObject({
        brokers: [`127.0.0.1:${port}`],
        registryUrl: `http://127.0.0.1:${registryPort}/apis/ccompat/v7`,
        wasRunning: false,
      });
      expect(await ensure()).toEqual({ ...first, wasRunning: true });
      expect(await localKafkaStatus({ dir })).toMatchObject({ dir, isWhole: true, ended: [] });

      await kill('registry');
      expect(await localKafkaStatus({ dir })).toMatchObject({
        isWhole: false,
        ended: ['registry'],
      });
      const second = await ensure();
      expect(second).toMatchObject({ registryUrl: first.registryUrl, wasRunning: false });
      expect(second.pids.broker).toBe(first.pids.broker);
      expect(second.pids.registry).not.toBe(first.pids.registry);

      await kill('broker');
      expect(await localKafkaStatus({ dir })).toMatchObject({ isWhole: false, ended: ['broker'] });
      const third = await ensure();
      expect(third).toMatchObject({ brokers: first.brokers, wasRunning: false });

      expect(await stopLocalKafka({ dir })).toEqual([
        { service: 'broker', pid: third.pids.broker },
        { service: 'registry', pid: third.pids.registry },
      ]);
      expect(await stopLocalKafka({ dir })).toEqual([]);
      expect(await localKafkaStatus({ dir })).toMatchObject({ running: {}, ended: [] });
    });
  },
);

it('where nothing was ever started, nothing runs and nothing is stopped', async () => {
  const nowhere = join(dir, 'nowhere');
  expect(await stopLocalKafka({ dir: nowhere })).toEqual([]);
  expect(await localKafkaStatus({ dir: nowhere })).toEqual({
    dir: nowhere,
    isWhole: false,
    running: {},
    ended: [],
    bytes: 0,
  });
});
