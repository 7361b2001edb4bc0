import type { StartedProcess } from './process-start.ts';
import { hasGone, send } from './stop-process.ts';

const ending: ReadonlySet<NodeJS.Signals> = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']);

/** Sends a signal as a fault would, and resolves when the process has gone, where the signal ends it. */
export async function killWith(target: StartedProcess, signal: NodeJS.Signals): Promise<void> {
  await send(target, signal);
  if (ending.has(signal)) await hasGone(target);
}
