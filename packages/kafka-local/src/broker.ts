import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { brokerSettings } from './broker-settings.ts';
import { LocalKafkaError } from './errors.ts';
import { exists } from './exists.ts';
import { freePort } from './ports.ts';
import { type Service, startService } from './process/service.ts';

export interface BrokerSpec {
  readonly java: string;
  readonly jars: string;
  readonly dir: string;
  readonly port: number;
  /** As Java's `-Xmx` has it. */
  readonly heap: string;
  readonly timeout: number;
  readonly settings: Readonly<Record<string, string>>;
  /** The cluster that it belongs to; default: one of its own. */
  readonly clusterId?: string;
}

/** An id for a new cluster: 16 bytes, as Kafka writes them. */
export function newClusterId(): string {
  return randomBytes(16).toString('base64url');
}

const settingsFile = 'broker.properties';

/** Starts a broker on the data that its folder holds, or on a new store, and resolves when it is ready. */
export async function startBroker(spec: BrokerSpec): Promise<Service> {
  const { java, jars, dir, port, heap, timeout, settings, clusterId = newClusterId() } = spec;
  if (jars.includes(delimiter))
    throw new LocalKafkaError(
      `java cannot read jars from ${jars}: set STREAMIFY_CACHE to a path without "${delimiter}"`,
    );
  await writeFile(
    join(dir, settingsFile),
    brokerSettings({ port, controllerPort: await freePort(), settings }),
  );
  const classPath = ['-cp', join(jars, '*')];
  // The tool writes this file last: before that there is nothing that could be lost.
  if (!(await exists(join(dir, 'data', 'meta.properties'))))
    await format(java, classPath, { cwd: dir, clusterId });
  return startService({
    name: 'the broker',
    java,
    args: [
      `-Xmx${heap}`,
      '-Djava.awt.headless=true',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
      ...classPath,
      'kafka.Kafka',
      settingsFile,
    ],
    cwd: dir,
    log: join(dir, 'broker.log'),
    isReady: (log) => log.includes('Kafka Server started'),
    timeout,
  });
}

async function format(
  java: string,
  classPath: readonly string[],
  { cwd, clusterId }: { readonly cwd: string; readonly clusterId: string },
): Promise<void> {
  const tool = ['kafka.tools.StorageTool', 'format', '--ignore-formatted'];
  const args = [...classPath, ...tool, `--cluster-id=${clusterId}`, '--config', settingsFile];
  try {
    await promisify(execFile)(java, args, { cwd });
  } catch (cause) {
    const { stdout, stderr, message } = cause as { stdout?: string; stderr?: string } & Error;
    const said = `${stdout ?? ''}${stderr ?? ''}`.trim() || message;
    throw new LocalKafkaError(`the broker's storage in ${cwd} could not be formatted:\n${said}`, {
      cause,
    });
  }
}
