import { spawn } from 'node:child_process';

/** Ends a process when this one has gone, however that happened. */
export interface Guard {
  /** Says which process it is about. Resolves when that is said. */
  watch(pid: number): Promise<void>;
  /** Lets the process live on, or be: it has ended. */
  release(): void;
}

/**
 * The shell waits for a line of ours, and an end of the input without one means that we are gone,
 * `kill -9` included. Nobody is left to wait for a clean end, which a broker that is just starting
 * takes long for; what was acknowledged is safe without one.
 */
const script = `read -r pid || exit 0
read -r word || kill -s KILL "$pid"`;

/** Starts a guard. It has no process to watch over yet, so that none is ever without a guard. */
export function startGuard(): Guard {
  const shell = spawn('sh', ['-c', script], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  // Without a shell, or when it was killed, there is no guard; the broker works all the same.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  return {
    watch: (pid) => new Promise((resolve) => shell.stdin.write(`${pid}\n`, () => resolve())),
    release: () => shell.stdin.end('release\n'),
  };
}
