import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, type StartedProcess } from './process-start.ts';

/** A broker closes its segments in about a second; one that hangs gets no more than this. */
const patience = 20_000;

/** Ends a process, asking first, and resolves when it has gone. Another that got its id is left alone. */
export async function stopProcess(target: StartedProcess, timeout = patience): Promise<void> {
  await send(target, 'SIGTERM');
  // A stopped one would not notice.
  await send(target, 'SIGCONT');
  if (await hasGone(target, timeout)) return;
  await killProcess(target);
}

/** Ends a process without asking, and resolves when it has gone. */
export async function killProcess(target: StartedProcess): Promise<void> {
  await send(target, 'SIGKILL');
  await hasGone(target);
}

/** Sends a signal to that very run of a process; does nothing when it has ended. */
export async function send(target: StartedProcess, signal: NodeJS.Signals): Promise<void> {
  if (!(await isRunning(target))) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves with true when a process has ended, and with false when it has not within `timeout` milliseconds. */
export async function hasGone(
  target: StartedProcess,
  timeout = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const deadline = performance.now() + timeout;
  while (await isRunning(target)) {
    if (performance.now() > deadline) return false;
    await delay(25);
  }
  return true;
}
