import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startBroker } from './broker.ts';
import { AlreadyRunningError, LocalKafkaError } from './errors.ts';
import { fetchJars } from './jars.ts';
import { findJava } from './java.ts';
import type { CheckedOptions } from './local-kafka-options.ts';
import type { LocalService } from './local-service.ts';
import { withLock } from './lock.ts';
import { checkPort, freePort } from './ports.ts';
import { startRegistry } from './registry.ts';
import type { Service } from './service.ts';
import { readRunning, writeRunning } from './state-file.ts';
import { killProcess } from './stop-process.ts';

/** A service, and where it listens. */
export interface Placed {
  readonly port: number;
  readonly service: Service;
}

/** What was launched, and how to launch one of it again. */
export interface Launched {
  readonly broker: Placed;
  readonly registry: Placed | undefined;
  start(which: LocalService, port: number): Promise<Placed>;
}

/** A free port is only found, not kept: somebody else may take it before the service does. */
const attempts = 3;

/** Starts what the options ask for, or nothing: when one fails, the other is ended. */
export async function launch(options: CheckedOptions): Promise<Launched> {
  const { dir, cache, report, registry } = options;
  const java = await findJava();
  if (options.port !== undefined) await checkPort(options.port, 'port, --port');
  if (registry && options.registryPort !== undefined)
    await checkPort(options.registryPort, 'registryPort, --registry-port');
  const jars = {
    broker: await fetchJars('broker', cache, report),
    registry: registry ? await fetchJars('registry', cache, report) : undefined,
  };
  const start = (which: LocalService, port: number | undefined) =>
    retryingPorts(port, async (chosen) => ({
      port: chosen,
      service: await startOne(which, chosen, java, jars, options),
    }));

  await mkdir(dir, { recursive: true });
  const onWait = (pid: number) =>
    report(`waiting for process ${pid}, which starts a broker in ${dir} …`);
  return withLock(join(dir, '.lock'), onWait, async () => {
    await refuseSecond(dir);
    const [broker, beside] = await allOrNone([
      start('broker', options.port),
      registry ? start('registry', options.registryPort) : undefined,
    ]);
    if (broker === undefined) throw new LocalKafkaError('no broker was started');
    await note(dir, broker, beside);
    return { broker, registry: beside, start };
  });
}

/** Starts a registry beside the broker that runs in the folder. */
export async function launchRegistry(options: CheckedOptions): Promise<Service> {
  const { dir, cache, report, registryPort } = options;
  const java = await findJava();
  if (registryPort !== undefined) await checkPort(registryPort, 'registryPort, --registry-port');
  const registry = await fetchJars('registry', cache, report);
  return withLock(
    join(dir, '.lock'),
    () => {},
    async () => {
      const { port, service } = await retryingPorts(registryPort, async (chosen) => ({
        port: chosen,
        service: await startRegistry({
          java,
          jars: registry,
          dir,
          port: chosen,
          timeout: options.startTimeout,
        }),
      }));
      await writeRunning(dir, {
        ...(await readRunning(dir)),
        registry: { ...service.process, port },
      });
      return service;
    },
  );
}

/** Notes down what runs, for whoever stops it later. */
export async function note(
  dir: string,
  broker: Placed,
  registry: Placed | undefined,
): Promise<void> {
  const entry = ({ port, service }: Placed) => ({ ...service.process, port });
  await writeRunning(dir, {
    broker: entry(broker),
    ...(registry && { registry: entry(registry) }),
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

async function retryingPorts(
  given: number | undefined,
  start: (port: number) => Promise<Placed>,
): Promise<Placed> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(given ?? (await freePort()));
    } catch (error) {
      const isTaken =
        error instanceof LocalKafkaError && /already in use|already bound/i.test(error.message);
      if (!isTaken || attempt === attempts) throw error;
    }
  }
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

async function allOrNone(
  starts: readonly (Promise<Placed> | undefined)[],
): Promise<readonly (Placed | undefined)[]> {
  const results = await Promise.allSettled(starts);
  const failed = results.find((result) => result.status === 'rejected');
  const started = results.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  if (failed === undefined) return started;
  await Promise.all(started.map(async (placed) => placed && killProcess(placed.service.process)));
  throw failed.reason;
}
