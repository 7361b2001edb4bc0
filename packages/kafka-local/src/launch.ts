import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { allOrNone } from './all-or-none.ts';
import { startBroker } from './broker.ts';
import { AlreadyRunningError, LocalKafkaError } from './errors.ts';
import type { CheckedOptions } from './local-kafka-options.ts';
import type { LocalService } from './local-service.ts';
import { onFreePort } from './on-free-port.ts';
import { note, type Placed } from './placed.ts';
import { checkPort } from './ports.ts';
import { fetchJars } from './prerequisites/jars.ts';
import { findJava } from './prerequisites/java.ts';
import { withLock } from './process/lock.ts';
import type { Service } from './process/service.ts';
import { startRegistry } from './registry.ts';
import { readRunning } from './state-file.ts';

/** What was launched, and how to launch one of it again. */
export interface Launched {
  readonly broker: Placed;
  readonly registry: Placed | undefined;
  start(which: LocalService, port: number): Promise<Placed>;
}

/** Starts what the options ask for, or nothing: when one fails, the other is ended. */
export async function launch(options: CheckedOptions): Promise<Launched> {
  const { dir, cache, report, port, registry, registryPort } = options;
  const java = await findJava();
  if (port !== undefined) await checkPort(port, 'port, --port');
  if (registry && registryPort !== undefined)
    await checkPort(registryPort, 'registryPort, --registry-port');
  const jars = {
    broker: await fetchJars('broker', cache, report),
    registry: registry ? await fetchJars('registry', cache, report) : undefined,
  };
  const start = (which: LocalService, given: number | undefined) =>
    onFreePort(given, (chosen) => startOne(which, chosen, java, jars, options));

  await mkdir(dir, { recursive: true });
  const onWait = (pid: number) =>
    report(`waiting for process ${pid}, which starts a broker in ${dir} …`);
  return withLock(join(dir, '.lock'), onWait, async () => {
    await refuseSecond(dir);
    const [broker, beside] = await allOrNone([
      start('broker', port),
      registry ? start('registry', registryPort) : undefined,
    ] as const);
    await note(dir, broker, beside);
    return { broker, registry: beside, start };
  });
}

function startOne(
  which: LocalService,
  port: number,
  java: string,
  jars: { readonly broker: string; readonly registry: string | undefined },
  { dir, heap, startTimeout: timeout, settings }: CheckedOptions,
): Promise<Service> {
  if (which === 'broker')
    return startBroker({ java, jars: jars.broker, dir, port, heap, timeout, settings });
  if (jars.registry === undefined)
    throw new LocalKafkaError(`the launcher of ${dir} was started without a schema registry`);
  return startRegistry({ java, jars: jars.registry, dir, port, timeout });
}

async function refuseSecond(dir: string): Promise<void> {
  const { broker, registry } = await readRunning(dir);
  const running = broker ?? registry;
  if (running === undefined) return;
  const { pid, port } = running;
  throw new AlreadyRunningError(
    `${broker ? 'a broker' : 'a schema registry'} runs in ${dir} already, as process ${pid} on port ${port}: stop it first, or choose another folder`,
    pid,
  );
}
