import { on } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Ended, type Running, startProcess } from './start-process.ts';

/** A worker under way. `M` is what it tells. */
export interface StartedWorker<M> extends Running {
  /** What it has told so far. */
  readonly messages: readonly M[];
  /** What it has told and what it still tells, each as soon as it has, until it ends. */
  told(): AsyncGenerator<M, void>;
}

/** A program in one file that tests start as often as they like, each time with a job `J`. */
export interface Worker<J extends object, M = never> {
  start(job: J, ...nodeOptions: readonly string[]): StartedWorker<M>;
  run(
    job: J,
    ...nodeOptions: readonly string[]
  ): Promise<Ended & { readonly messages: readonly M[] }>;
  /** Kills all that are still running. Resolves when they are gone. */
  kill(): Promise<void>;
  /** Kills them, and removes the program. */
  close(): Promise<void>;
}

/** What a worker needs that cannot be bundled. */
export interface BundleOptions {
  /** Packages with native modules: they stay where they are installed. */
  readonly external?: readonly string[];
}

/**
 * Bundles a worker into a program for Node, from the sources of all packages. Inside, `workerJob` and
 * `tell` of `@streamify/test-kit/worker` are the other ends.
 *
 * @example
 * const worker = await bundleWorker<Job, Report>(new URL('job.worker.ts', import.meta.url));
 * const { code, messages } = await worker.run({ dir });
 * await worker.close();
 */
export async function bundleWorker<J extends object, M = never>(
  source: URL,
  { external = [] }: BundleOptions = {},
): Promise<Worker<J, M>> {
  const dir = await mkdtemp(join(tmpdir(), 'streamify-worker-'));
  const program = join(dir, 'worker.mjs');
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@streamify/source'],
    external: [...external],
    // What is bundled from CommonJS requires modules of Node.
    banner: {
      js: "import { createRequire as requireMaker } from 'node:module'; const require = requireMaker(import.meta.url);",
    },
    logLevel: 'error',
  });
  if (external.length > 0)
    await symlink(new URL('../../../node_modules', import.meta.url), join(dir, 'node_modules'));

  const running = new Set<Running>();
  const start: Worker<J, M>['start'] = (job, ...nodeOptions) => {
    const args = [...nodeOptions, program, JSON.stringify(job)];
    const started = listenTo<M>(startProcess(process.execPath, args));
    running.add(started);
    started.ended.finally(() => running.delete(started)).catch(() => {});
    return started;
  };
  const kill = async () => {
    await Promise.all([...running].map((each) => each.kill()));
  };
  return {
    start,
    async run(job, ...nodeOptions) {
      const { ended, messages } = start(job, ...nodeOptions);
      return { ...(await ended), messages };
    },
    kill,
    async close() {
      await kill();
      await rm(dir, { recursive: true });
    },
  };
}

/** Takes each whole line of a process for a message in JSON. */
function listenTo<M>(running: Running): StartedWorker<M> {
  const { stdout } = running.child;
  if (!stdout) throw new Error('no standard output to listen to');
  const messages: M[] = [];
  let rest = '';
  stdout.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) messages.push(JSON.parse(line) as M);
  });
  async function* told() {
    const chunks = on(stdout as NonNullable<typeof stdout>, 'data', { close: ['end'] });
    try {
      for (let next = 0; ; ) {
        while (next < messages.length) yield messages[next++] as M;
        if (stdout?.readableEnded || (await chunks.next()).done) return;
      }
    } finally {
      await chunks.return?.();
    }
  }
  return Object.assign(running, { messages, told });
}
