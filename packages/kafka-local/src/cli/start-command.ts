import { once } from 'node:events';
import { resolve } from 'node:path';
import { launch } from '../launch.ts';
import { launchRegistry } from '../launch-registry.ts';
import { checkOptions } from '../local-kafka-options.ts';
import { startLocalKafka } from '../start-local-kafka.ts';
import { readRunning } from '../state-file.ts';
import { addresses } from './addresses.ts';
import type { CommandLine } from './command-line.ts';
import { stopCommand } from './stop-command.ts';

/** Starts what does not run yet, and tells where it is. */
export async function startCommand(
  line: CommandLine,
  print: (text: string) => void,
): Promise<void> {
  const options = { ...line, report: (text: string) => print(`${text}\n`) };
  const { dir } = checkOptions(options);
  const running = await readRunning(dir);
  if (running.broker && (running.registry || !line.registry)) {
    print(`is running already, with its data in ${dir}\n${addresses(running)}`);
    return;
  }
  const started = performance.now();
  const ready = async () => {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(
      `ready after ${seconds} s, with its data in ${dir}\n${addresses(await readRunning(dir))}`,
    );
  };
  if (running.broker && !line.foreground) {
    (await launchRegistry(checkOptions(options))).service.detach();
    return ready();
  }
  // What a broker has left that ended by itself: it would be in the way.
  if (running.registry && !running.broker) await stopCommand(dir, print);
  if (line.foreground) return stayInForeground(options, ready, print);
  const { broker, registry } = await launch(checkOptions(options));
  broker.service.detach();
  registry?.service.detach();
  await ready();
}

async function stayInForeground(
  options: CommandLine,
  ready: () => Promise<void>,
  print: (text: string) => void,
): Promise<void> {
  const kafka = await startLocalKafka(options);
  await ready();
  await Promise.race(['SIGINT', 'SIGTERM'].map((signal) => once(process, signal)));
  print(`stopping the broker in ${resolve(options.dir)} …\n`);
  await kafka.stop();
}
