import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Cost } from '../measure.ts';
import type { JobName } from './jobs.ts';
import type { StageContext, StageName } from './stages.ts';

/** What some processes did together. */
export interface JobRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'committed'; readonly in: number }
  | { readonly kind: 'done'; readonly cpuSeconds: number };

/**
 * Runs a job in so many processes, which have started before the clock does, until they have
 * committed so many events; or, without a number, in one process to the end of the log and of its windows.
 */
export async function runInProcesses(
  job: JobName,
  { processes, events }: { readonly processes: number; readonly events?: number },
  args: readonly string[],
): Promise<JobRun> {
  const worker = join(import.meta.dirname, 'kafka-worker.js');
  const atEnd = events === undefined ? 'complete' : 'wait';
  const children = Array.from({ length: processes }, () => fork(worker, [job, atEnd, ...args]));
  try {
    await Promise.all(children.map((child) => next(child, 'ready')));
    let [committed, cpuSeconds] = [0, 0];
    let seconds: number | undefined;
    const started = performance.now();
    const all = children.map(async (child) => {
      child.on('message', (message: Message) => {
        if (message.kind !== 'committed') return;
        committed += message.in;
        if (events === undefined || committed < events || seconds !== undefined) return;
        seconds = (performance.now() - started) / 1_000;
        for (const each of children) each.send('stop');
      });
      child.send('start');
      const done = await next(child, 'done');
      cpuSeconds += done.cpuSeconds;
    });
    await Promise.all(all);
    seconds ??= (performance.now() - started) / 1_000;
    return { seconds, cpuSeconds };
  } finally {
    for (const child of children) child.kill();
  }
}

/** Runs a stage of one process once, in a process of its own. */
export async function runStage(
  stage: StageName,
  context: Omit<StageContext, 'log'>,
  schemas: string,
): Promise<Cost> {
  const program = join(import.meta.dirname, 'kafka-stage.js');
  const child = fork(program, [stage, JSON.stringify(context), schemas], {
    execArgv: ['--expose-gc'],
  });
  const [cost] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${stage} has ended with ${code}`);
    }),
  ]);
  if (child.exitCode === null) await once(child, 'exit');
  return cost as Cost;
}

function next<K extends Message['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Message & { readonly kind: K }> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: Message) => {
      if (message.kind === kind) resolve(message as Message & { readonly kind: K });
    });
    child.once('exit', (code) => reject(new Error(`a process has ended with ${code}`)));
  });
}
