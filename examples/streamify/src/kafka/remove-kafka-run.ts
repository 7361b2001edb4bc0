import kafkajs from 'kafkajs';
import type { KafkaPlace } from './kafka-place.ts';

/** Removes all that a run has in Kafka: topics and groups, and the subjects of its schemas. */
export async function removeKafkaRun(place: KafkaPlace, run: string): Promise<void> {
  const prefix = `${run}.`;
  const { Kafka, logLevel } = kafkajs;
  const admin = new Kafka({ brokers: [...place.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(run));
    if (topics.length > 0) await admin.deleteTopics({ topics });
    const { groups } = await admin.listGroups();
    const ids = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(prefix));
    if (ids.length > 0) await admin.deleteGroups(ids);
  } finally {
    await admin.disconnect();
  }
  await removeSubjects(place.registryUrl.replace(/\/+$/, ''), prefix);
}

async function removeSubjects(registryUrl: string, prefix: string): Promise<void> {
  const answer = await fetch(`${registryUrl}/subjects`);
  if (!answer.ok) throw new Error(`${registryUrl}/subjects answered ${answer.status}`);
  for (const subject of (await answer.json()) as readonly string[]) {
    if (!subject.startsWith(prefix)) continue;
    const url = `${registryUrl}/subjects/${encodeURIComponent(subject)}`;
    await fetch(url, { method: 'DELETE' });
    await fetch(`${url}?permanent=true`, { method: 'DELETE' });
  }
}
