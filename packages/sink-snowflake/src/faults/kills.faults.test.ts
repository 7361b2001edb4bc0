import { join } from 'node:path';
import { fileLog } from '@streamify/core';
import { expectHarmed, expectUnharmed } from '@streamify/core/testing';
import { bundleWorker, killAtEach, temporaryFolder, type Worker } from '@streamify/test-kit';
import { publishPlays, sumsPlays, undisturbedSums } from '@streamify/test-kit/plays';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { SnowflakeConnection } from '../connection-options.ts';
import { describeWithSnowflake } from '../testing/describe-with-snowflake.ts';
import { deliveredIn } from './delivered-in.ts';
import type { SnowflakeJob } from './job.worker.ts';

const fault = 'kill -9, Snowflake sink';

const points = [
  'before its transaction',
  'between its rows and its checkpoint',
  'before its commit',
  'before the reply',
];

describeWithSnowflake(
  'a process that is killed at each point of every commit into Snowflake',
  (snowflake) => {
    let worker: Worker<SnowflakeJob>;
    let expected: readonly string[];
    let dir: string;
    let connection: SnowflakeConnection;
    beforeAll(async () => {
      // Of Node 20, on standard error.
      vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true');
      const source = new URL('job.worker.ts', import.meta.url);
      worker = await bundleWorker(source, { external: ['snowflake-sdk'] });
      expected = await undisturbedSums();
    });
    afterAll(async () => {
      await worker.close();
      vi.unstubAllEnvs();
    });
    beforeEach(async () => {
      dir = await temporaryFolder();
      connection = await snowflake().schema();
      const log = await fileLog({ dir: join(dir, 'log'), durability: 'os' });
      await publishPlays(log, sumsPlays);
      await log.close();
    });

    /** Runs the job behind one that was killed, whose transaction Snowflake has ended by then. */
    const runAt = async (point: string | undefined, apart = false) => {
      const ended = await worker.run({ dir, connection, point, apart });
      await snowflake().endSessions();
      return ended;
    };

    it('leaves to the next what gives the right output', async ({ task }) => {
      const killed = await killAtEach(points, (point) => runAt(point));
      const actual = await deliveredIn(connection);
      expectUnharmed(task, fault, { events: sumsPlays.length, expected, actual });
      expect([...killed]).toEqual(points);
    });

    it('would leave another output if rows and checkpoint were a transaction each', async ({
      task,
    }) => {
      const [, between = ''] = points;
      expect(await runAt(between, true)).toMatchObject({ signal: 'SIGKILL' });
      expect(await runAt(undefined, true)).toMatchObject({ code: 0, stderr: '' });
      const actual = await deliveredIn(connection);
      const outcome = { events: sumsPlays.length, expected, actual };
      expectHarmed(task, fault, 'rows and checkpoint apart', outcome);
    });
  },
);
