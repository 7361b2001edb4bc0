import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../ports.ts';
import { missingPrerequisite } from '../prerequisites/missing-prerequisite.ts';
import { hasGone, killProcess } from '../process/stop-process.ts';
import { type RunningService, type RunningServices, readNoted } from '../state-file.ts';

const main = resolve(import.meta.dirname, '../../dist/main.js');
const missing = existsSync(main)
  ? await missingPrerequisite({ registry: true })
  : 'the bundled command (npm run build)';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let dir: string;
let commands: ChildProcess[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'streamify-launcher-'));
  commands = [];
});
afterEach(async () => {
  for (const child of commands) child.kill('SIGKILL');
  await Promise.all(Object.values(await readNoted(dir)).map(killProcess));
  await rm(dir, { recursive: true });
});

function begin(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args, '--dir', dir]);
  commands.push(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code) => settle({ code, stdout, stderr }));
  });
  return { child, ended, stdout: () => stdout };
}

const run = (...args: readonly string[]) => begin(...args).ended;

async function ports(): Promise<readonly string[]> {
  const [broker, registry] = [await freePort(), await freePort()];
  return ['--port', `${broker}`, '--registry-port', `${registry}`, '--heap', '512m'];
}

/** What has been noted down as started, once it is. */
async function noted(): Promise<Required<RunningServices>> {
  for (;;) {
    const { broker, registry } = await readNoted(dir);
    if (broker && registry) return { broker, registry };
    await delay(25);
  }
}

describe.skipIf(missing !== undefined)(
  `streamify-kafka${missing ? ` (needs ${missing})` : ''}`,
  () => {
    it('starts once, tells what runs and what has died, brings that back, and stops all', async () => {
      const at = await ports();
      expect(await run('status')).toMatchObject({ code: 1 });
      const first = await run('start', ...at);
      expect(first).toMatchObject({ code: 0, stderr: '' });
      expect(first.stdout).toContain(`export STREAMIFY_KAFKA_BROKERS=127.0.0.1:${at[1]}\n`);
      expect(first.stdout).toContain(
        `export STREAMIFY_SCHEMA_REGISTRY_URL=http://127.0.0.1:${at[3]}/apis/ccompat/v7\n`,
      );
      const { broker, registry } = await noted();

      const second = await run('start', ...at);
      expect(second).toMatchObject({ code: 0 });
      expect(second.stdout).toMatch(/^is running already/);
      expect((await noted()).broker).toEqual(broker);

      const status = await run('status');
      expect(status).toMatchObject({ code: 0 });
      expect(status.stdout).toMatch(/^runs, with [\d.]+ MB in /);

      await killProcess(registry);
      const worse = await run('status');
      expect(worse.code).toBe(1);
      expect(worse.stdout).toContain(
        `the registry has ended by itself: its log is ${join(dir, 'registry.log')}`,
      );

      expect(await run('start', ...at)).toMatchObject({ code: 0, stderr: '' });
      const { registry: another } = await noted();
      expect(await noted()).toMatchObject({ broker });
      expect(another.pid).not.toBe(registry.pid);
      expect(await run('status')).toMatchObject({ code: 0 });

      await killProcess(broker);
      const again = await run('start', ...at);
      expect(again).toMatchObject({ code: 0, stderr: '' });
      expect(again.stdout).toContain(`stopped the registry (process ${another.pid})`);
      const { broker: last } = await noted();
      expect(await run('status')).toMatchObject({ code: 0 });

      const stopped = await run('stop');
      expect(stopped).toMatchObject({ code: 0 });
      expect(stopped.stdout).toContain(`stopped the broker (process ${last.pid})`);
      expect(await hasGone(last, 0)).toBe(true);
      expect(await run('stop')).toMatchObject({ code: 0, stdout: `nothing runs in ${dir}\n` });
    });

    it('in the foreground stops at Ctrl-C', async () => {
      const command = begin('start', '--foreground', '--no-registry', ...(await ports()));
      while (!command.stdout().includes('ready')) await delay(25);
      const { broker } = await readNoted(dir);
      command.child.kill('SIGINT');
      expect(await command.ended).toMatchObject({ code: 0 });
      expect(await hasGone(broker as RunningService, 0)).toBe(true);
    });

    it('killed with no warning takes both with it', async () => {
      const command = begin('start', '--foreground', ...(await ports()));
      const { broker, registry } = await noted();
      command.child.kill('SIGKILL');
      await command.ended;
      expect(await hasGone(broker, 60_000)).toBe(true);
      expect(await hasGone(registry, 60_000)).toBe(true);
    });

    it.runIf(process.platform === 'linux')(
      'killed while it starts leaves nothing that runs',
      async () => {
        const command = begin('start', ...(await ports()));
        while ((await runningIn(dir)).length === 0) await delay(5);
        command.child.kill('SIGKILL');
        await command.ended;
        while ((await runningIn(dir)).length > 0) await delay(25);

        expect(await run('start', ...(await ports()))).toMatchObject({ code: 0 });
        expect(await run('stop')).toMatchObject({ code: 0 });
      },
    );

    it('tells what it does not know', async () => {
      expect(await run('begin')).toMatchObject({
        code: 2,
        stderr:
          'streamify-kafka: unknown command "begin": say start, stop, status, fetch or --help\n',
      });
    });
  },
);

/** The processes that run in the folder. */
async function runningIn(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(
    pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')),
  );
  return pids.filter((_pid, index) => folders[index]?.startsWith(folder));
}
