import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalKafkaError } from '../errors.ts';
import { type Guard, startGuard } from './guard.ts';
import { type StartedProcess, startedProcess } from './process-start.ts';
import { killProcess } from './stop-process.ts';

/** A Java program to run until it is stopped. */
export interface ServiceSpec {
  /** As messages call it. */
  readonly name: string;
  readonly java: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The file that gets all it says, written anew at each start. */
  readonly log: string;
  /** Whether it can be used, by what it has logged or by what it answers. */
  readonly isReady: (log: string) => boolean | Promise<boolean>;
  /** Milliseconds to come up in. */
  readonly timeout: number;
}

/** A Java program that runs and can be used. */
export interface Service {
  readonly process: StartedProcess;
  /** Lets it live on when this process ends. */
  detach(): void;
}

const tailLines = 25;

/** Becomes the program when it is told to, and ends when we are gone before that. */
const whenTold = 'read -r go && exec "$0" "$@" < /dev/null';

/**
 * Starts a Java program and resolves when it is ready. It ends when this process does, unless it is
 * detached; it does not hear Ctrl-C, so that whoever uses it can finish first.
 *
 * @throws LocalKafkaError with the tail of its log when it dies or does not come up.
 */
export async function startService(spec: ServiceSpec): Promise<Service> {
  const guard = startGuard();
  const child = await spawnLogged(spec, guard);
  const started = await startedProcess(child.pid as number);
  try {
    await untilReady(spec, child);
    if (started === undefined) throw await failure(spec, 'ended as soon as it was ready');
  } catch (error) {
    if (started) await killProcess(started);
    throw error;
  }
  return {
    process: started,
    detach: () => {
      guard.release();
      child.unref();
    },
  };
}

async function spawnLogged(spec: ServiceSpec, guard: Guard): Promise<ChildProcess> {
  const { java, args, cwd, env, log } = spec;
  const file = await open(log, 'w');
  try {
    const child = spawn('sh', ['-c', whenTold, java, ...args], {
      cwd,
      env: { ...process.env, ...env },
      detached: true,
      stdio: ['pipe', file.fd, file.fd],
    });
    child.once('exit', () => guard.release());
    await once(child, 'spawn');
    // It must not run for a moment without a guard.
    await guard.watch(child.pid as number);
    child.stdin?.on('error', () => {}).end('go\n');
    return child;
  } catch (error) {
    guard.release();
    throw error;
  } finally {
    await file.close();
  }
}

async function untilReady(spec: ServiceSpec, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + spec.timeout;
  while (!(await spec.isReady(await readFile(spec.log, 'utf8')))) {
    const { exitCode, signalCode } = child;
    if (exitCode !== null) throw await failure(spec, `ended with ${exitCode}`);
    if (signalCode !== null) throw await failure(spec, `was ended by ${signalCode}`);
    if (performance.now() > deadline)
      throw await failure(spec, `was not ready within ${spec.timeout} ms`);
    await delay(25);
  }
}

async function failure({ name, log }: ServiceSpec, what: string): Promise<LocalKafkaError> {
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-tailLines);
  return new LocalKafkaError(`${name} ${what}; the end of ${log}:\n${lines.join('\n')}`);
}
