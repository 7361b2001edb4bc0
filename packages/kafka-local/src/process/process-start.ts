import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** One run of one process: ids are given again, so the time it started belongs to it. */
export interface StartedProcess {
  readonly pid: number;
  /** When it started, in the operating system's own words. */
  readonly started: string;
}

/** Notes down which run of a process this is; `undefined` when it has ended. */
export async function startedProcess(pid: number): Promise<StartedProcess | undefined> {
  const started = await (process.platform === 'linux' ? linuxStart(pid) : psStart(pid));
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very run of the process goes on. */
export async function isRunning({ pid, started }: StartedProcess): Promise<boolean> {
  return (await startedProcess(pid))?.started === started;
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The name, in parentheses, may hold anything; fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    // Ended, but its parent has not asked yet how.
    if (state === 'Z' || state === 'X') return undefined;
    return `${boot.trim()} ${fields[19]}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

async function psStart(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch (error) {
    // `ps` ends with 1 when it finds no process.
    if ((error as { readonly code?: unknown }).code === 1) return undefined;
    throw error;
  }
}
