import { resolve } from 'node:path';
import { stopLocalKafka } from '../stop-local-kafka.ts';
import { stoppedLine } from './stopped-line.ts';

/** Ends what runs in a folder, and tells what it ended. A start that is under way is waited for. */
export async function stopCommand(dir: string, print: (text: string) => void): Promise<void> {
  const stopped = await stopLocalKafka({ dir, report: (line) => print(`${line}\n`) });
  if (stopped.length === 0) print(`nothing runs in ${resolve(dir)}\n`);
  for (const each of stopped) print(stoppedLine(each));
}
