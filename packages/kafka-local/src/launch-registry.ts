import { join } from 'node:path';
import type { CheckedOptions } from './local-kafka-options.ts';
import { onFreePort } from './on-free-port.ts';
import { asRunning, type Placed } from './placed.ts';
import { checkPort } from './ports.ts';
import { fetchJars } from './prerequisites/jars.ts';
import { findJava } from './prerequisites/java.ts';
import { withLock } from './process/lock.ts';
import { startRegistry } from './registry.ts';
import { readRunning, writeRunning } from './state-file.ts';

/** Starts a registry beside the broker that runs in the folder. */
export async function launchRegistry(options: CheckedOptions): Promise<Placed> {
  const { dir, cache, report, registryPort, startTimeout: timeout } = options;
  const java = await findJava();
  if (registryPort !== undefined) await checkPort(registryPort, 'registryPort, --registry-port');
  const jars = await fetchJars('registry', cache, report);
  const onWait = (pid: number) =>
    report(`waiting for process ${pid}, which starts a broker in ${dir} …`);
  return withLock(join(dir, '.lock'), onWait, async () => {
    const placed = await onFreePort(registryPort, (port) =>
      startRegistry({ java, jars, dir, port, timeout }),
    );
    await writeRunning(dir, { ...(await readRunning(dir)), registry: asRunning(placed) });
    return placed;
  });
}
