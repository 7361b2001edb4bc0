import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { UsageError } from '../usage-error.ts';
import type { KafkaPlace } from './kafka-place.ts';
import { placeInEnvironment } from './place-in-environment.ts';

/** The repository: the local broker is the one of `npm run kafka`. */
const root = resolve(import.meta.dirname, '../../..');

/**
 * Finds the cluster that the environment names, or else the local one, which is started where it
 * does not run. It stays when this process ends, as after `npm run kafka -- start`.
 *
 * @param say takes a line about what takes its time.
 * @throws UsageError when it cannot be started: with what is missing, Java perhaps.
 */
export async function findKafka(say: (line: string) => void): Promise<KafkaPlace> {
  const place = placeInEnvironment();
  if (place) {
    say(`broker ${place.brokers.join(', ')}, registry ${place.registryUrl}`);
    return place;
  }
  say('looking for the local broker and registry, and starting what does not run …');
  const local = await startLocal(say);
  say(
    `broker ${local.brokers.join(', ')}, registry ${local.registryUrl}; both stay, until npm run kafka -- stop`,
  );
  return local;
}

/** Has the launcher's command start what does not run. It tells where that is as lines for a shell. */
async function startLocal(say: (line: string) => void): Promise<KafkaPlace> {
  const child = spawn(process.execPath, [launcher(), 'start'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<number | null>((settle, reject) => {
    child.once('error', reject);
    child.once('close', settle);
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const exported: Record<string, string> = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) exported[name] = value;
    else if (line.endsWith('…')) say(line);
  }
  const code = await exited;
  const place = placeInEnvironment(exported);
  if (code === 0 && place) return place;
  throw new UsageError(
    `the local Kafka was not started: ${errors.trim().replace(/^streamify-kafka: /, '') || `its launcher ended with ${code}`}`,
  );
}

function launcher(): string {
  const manifest = createRequire(import.meta.url).resolve('@streamify/kafka-local/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly bin: Readonly<Record<string, string>>;
  };
  return join(dirname(manifest), bin['streamify-kafka'] ?? '');
}
