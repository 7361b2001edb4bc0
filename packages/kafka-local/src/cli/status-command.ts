import { join } from 'node:path';
import { localKafkaStatus } from '../local-kafka-status.ts';
import { addresses } from './addresses.ts';

/** Tells what runs in a folder; resolves with whether all that was started there does. */
export async function statusCommand(
  folder: string,
  print: (text: string) => void,
): Promise<boolean> {
  const { dir, isWhole, running, ended, bytes } = await localKafkaStatus({ dir: folder });
  print(`${running.broker ? 'runs' : 'does not run'}, with ${megabytes(bytes)} MB in ${dir}\n`);
  if (running.broker || running.registry) print(addresses(running));
  for (const name of ended)
    print(
      `the ${name} has ended by itself: its log is ${join(dir, `${name}.log`)}; start brings it back\n`,
    );
  return isWhole;
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
