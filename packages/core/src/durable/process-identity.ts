import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

/** One run of one process: ids are given again, so the time it started belongs to it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the operating system's own words; empty where they cannot be had. */
  readonly started: string;
  readonly host: string;
}

/** The identity of this process: its number, its start and its host. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return {
    pid: process.pid,
    started: (await startOf(process.pid)) ?? '',
    host: hostname(),
  };
}

/** Whether that very process still runs. One on another host cannot be asked, so it counts as running. */
export async function isRunning({ pid, started, host }: ProcessIdentity): Promise<boolean> {
  if (host !== hostname()) return true;
  if (!exists(pid)) return false;
  const now = await startOf(pid);
  if (now === undefined) return false;
  return started === '' || now === '' || now === started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** `undefined` when no such process runs. */
function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStart(pid);
  if (process.platform === 'win32') return Promise.resolve('');
  return psStart(pid);
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
    // A process that was killed stays a zombie until its parent asks how it ended.
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
