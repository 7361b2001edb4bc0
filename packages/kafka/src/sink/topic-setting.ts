import { ConfigResourceTypes } from '../client/kafkajs.ts';
import { persist } from '../client/persist.ts';
import type { KafkaLogParts } from '../log/kafka-log.ts';

/**
 * Looks up a setting of a topic.
 *
 * @param topic its name in the cluster.
 * @throws KafkaAccessError when the cluster does not tell.
 */
export function topicSetting(
  { client }: KafkaLogParts,
  topic: string,
  name: string,
): Promise<string | undefined> {
  return persist(client.connection, `look up ${name} of ${topic}`, async () => {
    const admin = client.admin();
    try {
      await admin.connect();
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
      });
      return resources[0]?.configEntries[0]?.configValue;
    } finally {
      await admin.disconnect();
    }
  });
}
