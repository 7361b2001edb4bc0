import { missingPrerequisite } from '@streamify/kafka-local';
import { beforeAll, describe, inject } from 'vitest';
import type { KafkaUnderTest } from './kafka-under-test.ts';

const brokers = process.env['STREAMIFY_KAFKA_BROKERS'];
const registryUrl = process.env['STREAMIFY_SCHEMA_REGISTRY_URL'];
const missing = brokers && registryUrl ? undefined : await missingPrerequisite({ registry: true });

/**
 * Describes tests that need a broker and a registry. All files of a run share them, so topics,
 * groups and subjects need names of their own, and nobody kills them. With STREAMIFY_KAFKA_BROKERS
 * and STREAMIFY_SCHEMA_REGISTRY_URL both set, those are used instead.
 *
 * Where the machine cannot start one, the tests are skipped by a name that says what is missing.
 */
export function describeWithKafka(
  name: string,
  tests: (kafka: () => KafkaUnderTest) => void,
): void {
  if (missing) {
    describe.skip(`${name} (needs ${missing})`, () => tests(() => notStarted(name)));
    return;
  }
  describe(name, () => {
    let kafka: KafkaUnderTest | undefined;
    beforeAll(async () => {
      kafka =
        brokers && registryUrl
          ? { brokers: brokers.split(','), registryUrl }
          : await ask(inject('kafkaOfRun'));
    }, 180_000);
    tests(() => kafka ?? notStarted(name));
  });
}

async function ask(url: string): Promise<KafkaUnderTest> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text) as KafkaUnderTest;
}

function notStarted(name: string): never {
  throw new Error(`the broker of "${name}" can be asked for within tests and hooks only`);
}
