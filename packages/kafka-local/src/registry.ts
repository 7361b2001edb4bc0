import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalKafkaError } from './errors.ts';
import { exists } from './exists.ts';
import { type Service, startService } from './process/service.ts';
import { killProcess } from './process/stop-process.ts';

export interface RegistrySpec {
  readonly java: string;
  readonly jars: string;
  readonly dir: string;
  readonly port: number;
  readonly timeout: number;
}

/** It answers a few requests a run: what compiling it further costs at its start never comes back. */
const frugal = ['-Xmx384m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** Where the registry that listens on a port of this machine speaks Confluent's protocol. */
export const registryUrlOf = (port: number) => `http://127.0.0.1:${port}/apis/ccompat/v7`;

/**
 * Starts a schema registry and resolves when it answers.
 *
 * It keeps schemas in a file of its own and not in a topic: so it comes up beside the broker
 * instead of after it, and still answers while a broker is down. Each schema is on the disk before
 * its id is told, so an id that is in an event can always be looked up again.
 */
export async function startRegistry(spec: RegistrySpec): Promise<Service> {
  const { java, jars, dir, port, timeout } = spec;
  const folder = join(dir, 'registry');
  await mkdir(folder, { recursive: true });
  const isNew = !(await exists(join(folder, 'registry.mv.db')));
  const service = await startService({
    name: 'the schema registry',
    java,
    args: [...frugal, '-jar', join(jars, 'apicurio-registry-app-3.0.9-runner.jar')],
    cwd: folder,
    env: {
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(port),
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      APICURIO_DATASOURCE_URL: 'jdbc:h2:file:./registry;WRITE_DELAY=0',
      // What counts before the first start has set it as a rule, if it is killed in between.
      APICURIO_RULES_GLOBAL_COMPATIBILITY: 'BACKWARD',
    },
    log: join(dir, 'registry.log'),
    isReady: () => answers(port),
    timeout,
  });
  // Only once: who chooses another compatibility later keeps it.
  try {
    if (isNew) await refuseIncompatible(port);
  } catch (error) {
    await killProcess(service.process);
    throw error;
  }
  return service;
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`${registryUrlOf(port)}/subjects`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

async function refuseIncompatible(port: number): Promise<void> {
  const response = await fetch(`${registryUrlOf(port)}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ compatibility: 'BACKWARD' }),
  });
  const text = await response.text();
  if (response.ok) return;
  throw new LocalKafkaError(
    `the schema registry would not set its compatibility to BACKWARD: ${response.status} ${text}`,
  );
}
