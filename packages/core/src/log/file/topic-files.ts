import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LogCorruptedError, OptionError } from '../../contract/errors.ts';
import { replaceFile, syncDirectory } from '../../durable/durable-file.ts';
import { DurableEndFile } from './durable-end.ts';
import type { LogFiles } from './log-files.ts';
import type { PartitionPlace } from './partition-place.ts';
import { durableEndPath, segmentPath } from './segments.ts';

interface TopicDescription {
  readonly format: 1;
  readonly name: string;
  /** Tells the topic from one that is made under its name when it is deleted. Topics of old versions have none. */
  readonly id?: string;
  readonly partitions: number;
}

/** Which topic it is, and how many partitions it has. */
export type DescribedTopic = Pick<TopicDescription, 'id' | 'partitions'>;

const topicsDir = (dir: string) => join(dir, 'topics');
/** No topic name has a tilde. */
const unfinished = (topic: string) => `~${topic}`;

/** The partitions of a topic. */
export function placesOf(dir: string, topic: string, partitions: number): PartitionPlace[] {
  return Array.from({ length: partitions }, (_, partition) => ({
    topic,
    partition,
    dir: join(topicsDir(dir), topic, String(partition)),
  }));
}

/** Creates the files of a topic, durably and all at once: a topic is there as a whole or not at all. */
export async function createTopicFiles(
  dir: string,
  topic: string,
  partitions: number,
  files: LogFiles,
): Promise<DescribedTopic> {
  const draft = join(topicsDir(dir), unfinished(topic));
  await rm(draft, { recursive: true, force: true });
  for (let partition = 0; partition < partitions; partition++)
    await createPartition(join(draft, String(partition)), files);
  const id = randomUUID();
  const description: TopicDescription = { format: 1, name: topic, id, partitions };
  await replaceFile(join(draft, 'topic.json'), JSON.stringify(description));
  await rename(draft, join(topicsDir(dir), topic));
  await syncDirectory(topicsDir(dir));
  return { id, partitions };
}

async function createPartition(dir: string, files: LogFiles): Promise<void> {
  await mkdir(dir, { recursive: true });
  const segment = await files.open(segmentPath(dir, 0), 'create');
  await segment.close();
  const file = await files.open(durableEndPath(dir), 'create');
  try {
    await new DurableEndFile(file, dir).write({ end: 0, segment: 0, position: 0, loggedAt: 0 });
    await file.sync();
  } finally {
    await file.close();
  }
  await syncDirectory(dir);
}

/** Takes a topic away, all at once: at a kill it is there as a whole or not at all. */
export async function hideTopic(dir: string, topic: string): Promise<void> {
  const hidden = join(topicsDir(dir), unfinished(topic));
  await rm(hidden, { recursive: true, force: true });
  await rename(join(topicsDir(dir), topic), hidden);
}

/** Makes it durable that a topic is hidden, and removes its files. */
export async function finishDeletion(dir: string, topic: string): Promise<void> {
  await syncDirectory(topicsDir(dir));
  await rm(join(topicsDir(dir), unfinished(topic)), { recursive: true, force: true });
}

/** Topics by name. Removes what a killed writer did not finish. */
export async function openTopics(dir: string): Promise<Map<string, DescribedTopic>> {
  await mkdir(topicsDir(dir), { recursive: true });
  const topics = new Map<string, DescribedTopic>();
  for (const name of await readdir(topicsDir(dir))) {
    if (name.startsWith(unfinished(''))) {
      await rm(join(topicsDir(dir), name), { recursive: true, force: true });
      continue;
    }
    const described = await describeTopic(dir, name);
    if (described) topics.set(name, described);
  }
  return topics;
}

/** The number of partitions of a topic; `undefined` when there is no such topic. */
export async function partitionsOf(dir: string, topic: string): Promise<number | undefined> {
  return (await describeTopic(dir, topic))?.partitions;
}

/** Which topic has this name; `undefined` when there is none. */
export async function describeTopic(
  dir: string,
  topic: string,
): Promise<DescribedTopic | undefined> {
  const path = join(topicsDir(dir), topic, 'topic.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  const description = parse(text, path);
  const { format, name } = description;
  if (format !== 1)
    throw new LogCorruptedError(
      `${path} is of format ${format}, and this version of the framework reads format 1: use the version that wrote it`,
    );
  // Some file systems take Plays for plays.
  if (name !== topic)
    throw new OptionError(`topic ${topic} would share its folder with topic ${name}; rename it`);
  return description;
}

function parse(text: string, path: string): TopicDescription {
  try {
    return JSON.parse(text) as TopicDescription;
  } catch (cause) {
    throw new LogCorruptedError(`${path} is not JSON; restore it from a copy of the log`, {
      cause,
    });
  }
}
