import { exitWhenOrphaned } from './exit-when-orphaned.ts';
import { failureText } from './failure-text.ts';

/** The last line of a command, and its exit code. */
export interface Ending {
  readonly text: string;
  readonly code: number;
}

/** A command of the example. */
export interface Command {
  /** Called at Ctrl-C, and when the process is asked to end. */
  readonly onSignal: () => void;
  readonly run: (args: readonly string[]) => Promise<void>;
  /** What it says, and ends with, where that is not for everybody to know. */
  readonly endingOf?: (cause: unknown) => Ending | undefined;
}

/** Clears a progress bar that stands on the terminal. */
const clearLine = process.stderr.isTTY ? '\r\x1b[K' : '';

/** Runs a command: what the user can mend is one message, and only a defect shows its stack. */
export async function runCommand({ onSignal, run, endingOf }: Command): Promise<void> {
  exitWhenOrphaned();
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
    process.exit(1); // nobody reads any more, as after `| head`: ending at any moment is safe
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  try {
    await run(process.argv.slice(2));
  } catch (cause) {
    const ending = endingOf?.(cause) ?? usualEnding(cause);
    if (!ending) throw cause;
    process.stderr.write(`${clearLine}${ending.text}\n`);
    process.exitCode = ending.code;
  }
}

function usualEnding(cause: unknown): Ending | undefined {
  const text = failureText(cause);
  return text === undefined ? undefined : { text: `error: ${text}`, code: 1 };
}
