import { exitWhenOrphaned } from './exit-when-orphaned.ts';
import { failureText } from './failure-text.ts';

/** A command of the example. */
export interface Command {
  /** Called at Ctrl-C, and when the process is asked to end. */
  readonly onSignal: () => void;
  readonly run: (args: readonly string[]) => Promise<void>;
  /** Says in its own way what it ended with; false where that is not for it. */
  readonly onFailure?: (cause: unknown) => boolean;
}

/** Clears a progress bar that stands on the terminal. */
export const clearLine = process.stderr.isTTY ? '\r\x1b[K' : '';

/** Runs a command: what the user can mend is one message, and only a defect shows its stack. */
export async function runCommand({ onSignal, run, onFailure }: Command): Promise<void> {
  exitWhenOrphaned();
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
    process.exit(1); // nobody reads any more, as after `| head`: ending at any moment is safe
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  try {
    await run(process.argv.slice(2));
  } catch (cause) {
    process.exitCode = 1;
    if (onFailure?.(cause)) return;
    const text = failureText(cause);
    if (text === undefined) throw cause;
    process.stderr.write(`${clearLine}error: ${text}\n`);
  }
}
