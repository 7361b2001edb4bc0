import type { PartitionReader } from '../contract/event-log.ts';
import type { SinkTask } from '../contract/sink.ts';
import type { Job } from './job-options.ts';
import type { MadeTask } from './make-task.ts';
import { makeTask, restoreTask } from './make-task.ts';
import { openSinkTask } from './open-sink-task.ts';

/** A job's task, opened at the sink. */
export interface TaskAtSink<A, B> extends MadeTask<A, B> {
  readonly sinkTask: SinkTask<B>;
}

/**
 * Makes the task of a partition, opens it at the sink, and restores its state from there. The pipeline is
 * checked first, so that one that cannot work fences nobody.
 */
export async function openTaskAtSink<A, B>(
  job: Job<A, B>,
  partition: number,
): Promise<TaskAtSink<A, B>> {
  const { name, inputs, into, named, stateStore } = job;
  const { topic } = inputs[0];
  const partitions = (await topic.log.partitions(topic.name)) ?? 0;
  let sinkTask: SinkTask<B> | undefined;
  const made = makeTask(job, partitions, {
    refusal: (row) => sinkTask?.refusal(row),
    refusalOf: (output, row) => sinkTask?.refusalOf(output, row),
  });
  try {
    const id = { job: name, partition, partitions };
    sinkTask = await openSinkTask({ sink: into, named }, id, stateStore);
    restoreTask(job, made, sinkTask.checkpoint);
    return { ...made, sinkTask };
  } catch (cause) {
    made.task.close();
    await sinkTask?.close();
    throw cause;
  }
}

/** Opens a reader for each input of a partition; all of them or none. */
export async function openReaders<A, B>(
  { inputs }: Job<A, B>,
  partition: number,
): Promise<readonly PartitionReader[]> {
  const readers: PartitionReader[] = [];
  try {
    for (const { topic } of inputs) readers.push(await topic.log.reader(topic.name, partition));
    return readers;
  } catch (cause) {
    for (const reader of readers) await reader.close();
    throw cause;
  }
}

/**
 * The ids of the topics that a job reads, by input; without those that the log cannot tell. Ask behind the
 * opening of readers: those of a topic that is no longer the one of its name fail.
 */
export async function topicIdsOf<A, B>({
  inputs,
}: Job<A, B>): Promise<Readonly<Record<string, string>>> {
  const ids: Record<string, string> = {};
  for (const { name, topic } of inputs) {
    const id = await topic.log.topicId(topic.name);
    if (id !== undefined) ids[name] = id;
  }
  return ids;
}
