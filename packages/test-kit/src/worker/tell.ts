import { writeSync } from 'node:fs';

/** Tells the test something, as JSON on a line of standard output. It is written when this returns, however the process ends. */
export function tell(message: unknown): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}
