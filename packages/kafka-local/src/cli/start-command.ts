import { once } from 'node:events';
import { ensureLocalKafka } from '../ensure-local-kafka.ts';
import { checkOptions } from '../local-kafka-options.ts';
import { startLocalKafka } from '../start-local-kafka.ts';
import { readRunning, runsAll } from '../state-file.ts';
import { stopOrphan } from '../stop-orphan.ts';
import { addresses } from './addresses.ts';
import type { CommandLine } from './command-line.ts';
import { stoppedLine } from './stopped-line.ts';

/** Starts what does not run yet, and tells where it is. */
export async function startCommand(
  line: CommandLine,
  print: (text: string) => void,
): Promise<void> {
  const options = { ...line, report: (text: string) => print(`${text}\n`) };
  const { dir } = checkOptions(options);
  const began = performance.now();
  const tell = async (wasRunning: boolean) => {
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const what = wasRunning ? 'is running already' : `ready after ${seconds} s`;
    print(`${what}, with its data in ${dir}\n${addresses(await readRunning(dir))}`);
  };
  for (const each of await stopOrphan(options)) print(stoppedLine(each));
  if (!line.foreground || runsAll(await readRunning(dir), line.registry)) {
    const { wasRunning } = await ensureLocalKafka(options);
    return tell(wasRunning);
  }
  const kafka = await startLocalKafka(options);
  await tell(false);
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  print(`stopping the broker in ${dir} …\n`);
  await kafka.stop();
}
