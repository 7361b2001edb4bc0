import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsup';

/** How a process ended, and what it had to say about that. */
export interface Ended {
  /** The signal that ended it, or its exit code. */
  readonly by: NodeJS.Signals | number;
  readonly stderr: string;
}

/** A process under way. `M` are the messages that it writes, as JSON, a line each. */
export interface Started<M> {
  readonly child: ChildProcess;
  readonly messages: readonly M[];
  readonly ended: Promise<Ended>;
}

/** A program in one file that tests start as often as they like. */
export interface Worker<J extends object, M> {
  start(job: J): Started<M>;
  /** Kills what is still running, and removes the program. */
  close(): Promise<void>;
}

/** Bundles a worker into a program for node. */
export async function bundleWorker<J extends object, M>(source: URL): Promise<Worker<J, M>> {
  const built = await mkdtemp(join(tmpdir(), 'streamify-worker-'));
  await build({
    entry: { worker: fileURLToPath(source) },
    outDir: built,
    format: 'esm',
    outExtension: () => ({ js: '.mjs' }),
    target: 'node20',
    noExternal: [/.*/],
    esbuildOptions: (options) => {
      options.conditions = ['@streamify/source'];
    },
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    config: false,
    silent: true,
    clean: false,
  });
  const running = new Set<ChildProcess>();
  return {
    start(job) {
      const program = [join(built, 'worker.mjs'), JSON.stringify(job)];
      const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'pipe'] });
      running.add(child);
      const messages: M[] = [];
      const ended = endOf(child, messages).finally(() => running.delete(child));
      ended.catch(() => {});
      return { child, messages, ended };
    },
    async close() {
      for (const child of running) child.kill('SIGKILL');
      await rm(built, { recursive: true });
    },
  };
}

async function endOf<M>(child: ChildProcess, messages: M[]): Promise<Ended> {
  let [rest, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) messages.push(JSON.parse(line) as M);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal] = await once(child, 'close');
  return { by: signal ?? code, stderr };
}
