import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** Whether a process has been stopped by SIGSTOP. Only where there is `/proc`. */
export async function isStopped({ pid, exitCode }: ChildProcess): Promise<boolean> {
  if (exitCode !== null)
    throw new Error(`process ${pid} ended with ${exitCode}, and never stopped`);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The state stands behind the name, which is in parentheses.
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
}

/** Says why {@link isStopped} cannot tell, to be shown in the names of tests; empty when it can. */
export function whyUnseen(): string {
  return process.platform === 'linux'
    ? ''
    : ' (skipped: only Linux tells that a process is stopped)';
}
