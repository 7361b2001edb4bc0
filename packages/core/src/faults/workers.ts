import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

/** How a process ended, and what it had to say. */
export interface Ended {
  /** The signal that ended it, or its exit code. */
  readonly by: NodeJS.Signals | number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under way. */
export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** A program in one file that tests start as often as they like. */
export interface Worker {
  start(job: object, ...nodeOptions: readonly string[]): Started;
  run(job: object, ...nodeOptions: readonly string[]): Promise<Ended>;
  /** Kills what is still running, and removes the program. */
  close(): Promise<void>;
}

/** Bundles a worker into a program for node. */
export async function bundleWorker(source: URL): Promise<Worker> {
  const built = await mkdtemp(join(tmpdir(), 'streamify-worker-'));
  await build({
    entry: { worker: fileURLToPath(source) },
    outDir: built,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    noExternal: [/.*/],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    config: false,
    silent: true,
    clean: false,
  });
  const running = new Set<ChildProcess>();
  const start = (job: object, ...nodeOptions: readonly string[]): Started => {
    const program = [...nodeOptions, join(built, 'worker.mjs'), JSON.stringify(job)];
    const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const ended = endOf(child);
    ended.finally(() => running.delete(child)).catch(() => {});
    return { child, ended };
  };
  return {
    start,
    run: (job, ...nodeOptions) => start(job, ...nodeOptions).ended,
    async close() {
      for (const child of running) child.kill('SIGKILL');
      await rm(built, { recursive: true });
    },
  };
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { by: signal ?? code, stdout, stderr };
}
