import type { Cluster } from 'kafkajs';
import { askForTopic, type RawBroker } from '../wire/topic-metadata.ts';

/** Source: Apache Kafka documentation, "Protocol", "Error Codes". */
const errors: Readonly<Record<number, string>> = {
  29: 'TOPIC_AUTHORIZATION_FAILED',
};
const unknownTopicOrPartition = 3;
/** There is no leader yet: the topic is known all the same. */
const leaderNotAvailable = 5;

/** Asks a cluster for the id of a topic; `undefined` when there is no such topic, or the cluster is older than topic ids. */
export async function topicIdIn(
  cluster: Cluster,
  topicInKafka: string,
): Promise<string | undefined> {
  await cluster.refreshMetadataIfNecessary();
  const broker = (await cluster.findControllerBroker()) as unknown as RawBroker;
  const found = await askForTopic(broker, topicInKafka);
  if (!found || found.errorCode === unknownTopicOrPartition) return undefined;
  const { errorCode, topicId } = found;
  if (errorCode === 0 || errorCode === leaderNotAvailable) return topicId;
  const type = errors[errorCode];
  const failure = new Error(
    `the cluster answers for topic ${topicInKafka} with error ${errorCode}`,
  );
  throw Object.assign(failure, { type: type ?? 'UNKNOWN', retriable: type === undefined });
}
