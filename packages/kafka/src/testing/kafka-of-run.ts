import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalKafka, startLocalKafka } from '@streamify/kafka-local';
import type { TestProject } from 'vitest/node';
import type { KafkaUnderTest } from './kafka-under-test.ts';

/**
 * Starts one broker and one registry for all test files of a run, when the first of them asks. A
 * run without such a file starts none, and files that run side by side share the memory of one.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  let dir: string | undefined;
  let kafka: Promise<LocalKafka> | undefined;
  const start = async () => {
    dir = await mkdtemp(join(tmpdir(), 'streamify-kafka-'));
    return startLocalKafka({ dir, registry: true, heap: '512m', startTimeout: 120_000 });
  };
  const server = createServer((_request, response) => {
    kafka ??= start();
    kafka.then(
      ({ brokers, registryUrl = '' }) =>
        response.end(JSON.stringify({ brokers, registryUrl } satisfies KafkaUnderTest)),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  project.provide('kafkaOfRun', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    // Where it did not start, the tests have told why.
    const started = await kafka?.catch(() => undefined);
    await started?.stop();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  };
}
