import type { Broker, Cluster } from 'kafkajs';
import { notInStep } from './not-in-step.ts';

/** Means the end, where a time is asked for, in Kafka's protocol. */
const LATEST = -1;

/** A broker with the request for offsets, which kafkajs has no type for. */
interface OffsetsGiver extends Broker {
  listOffsets(request: {
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number; readonly timestamp: number }[];
    }[];
  }): Promise<{
    readonly responses: readonly {
      readonly partitions: readonly { readonly offset: string }[];
    }[];
  }>;
}

/** Asks for the end of a partition as a reader of uncommitted records sees it. */
export async function writtenEnd(
  cluster: Cluster,
  topic: string,
  partition: number,
): Promise<number> {
  const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  const broker = (await cluster.findBroker({ nodeId })) as OffsetsGiver;
  const { responses } = await broker.listOffsets({
    isolationLevel: 0,
    topics: [{ topic, partitions: [{ partition, timestamp: LATEST }] }],
  });
  const offset = responses[0]?.partitions[0]?.offset;
  if (offset === undefined) throw notInStep(`the metadata does not have ${topic}/${partition} yet`);
  return Number(offset);
}
