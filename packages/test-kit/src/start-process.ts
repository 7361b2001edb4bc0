import { type ChildProcess, spawn } from 'node:child_process';

/** How a process ended, and what it wrote. */
export interface Ended {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it; null when it ended by itself. */
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A process under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written to standard output so far. */
  readonly stdout: string;
  /** Resolves when `isThere` holds for that. Rejects when the process ends before. */
  until(isThere: (stdout: string) => boolean): Promise<void>;
  /** Kills it if it still runs. Resolves when it is gone. */
  kill(): Promise<Ended>;
}

/** Where a process runs, and what is added to this one's environment. */
export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a process whose output is kept. It has no standard input. */
export function startProcess(
  command: string,
  args: readonly string[],
  { cwd, env }: StartOptions = {},
): Running {
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((settle, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => settle({ code, signal, stdout, stderr }));
  });
  // Whoever awaits it sees it rejected; nobody has to.
  ended.catch(() => {});
  return {
    child,
    ended,
    get stdout() {
      return stdout;
    },
    until: (isThere) =>
      new Promise((settle, reject) => {
        const look = () => {
          if (isThere(stdout)) settle();
        };
        look();
        child.stdout.on('data', look);
        const tooLate = ({ code, signal }: Ended) =>
          reject(new Error(`${command} ended by ${signal ?? code} before:\n${stdout}${stderr}`));
        ended.then(tooLate, reject);
      }),
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
}
