import {
  ClosedError,
  type EventLog,
  FencedError,
  OptionError,
  StreamifyError,
} from '@streamify/core';
import {
  type Checkpoint,
  checkOwnInput,
  type EpochCommit,
  type EpochOutput,
  ownerToken,
  type SinkTask,
  stateAfter,
  type TaskId,
} from '@streamify/core/adapter';
import type { CompressionTypes, Message } from 'kafkajs';
import { type KafkaFailure, rootOf } from '../client/failure.ts';
import type { KafkaClient } from '../client/kafka-client.ts';
import { CommitUnknownError, RecordTooLargeError } from '../errors.ts';
import { epochMessages, type TopicTarget } from './epoch-messages.ts';
import type { JobTopics } from './job-topics.ts';
import { type Later, readLater, readSuccessor, readTask, type TaskPlace } from './read-task.ts';
import { noProgress, progressAfter, type TaskProgress } from './task-progress.ts';
import {
  chunksOf,
  forgetMessages,
  ownerMessage,
  progressMessage,
  stateMessages,
} from './task-records.ts';
import { TransactionalProducer } from './transactional-producer.ts';
import { isFencing, isTaken } from './txn-failure.ts';

export interface KafkaTaskOptions {
  readonly log: EventLog;
  readonly client: KafkaClient;
  readonly task: TaskId;
  readonly target: TopicTarget;
  /** Topics of named outputs. */
  readonly named: ReadonlyMap<string, TopicTarget>;
  readonly topics: JobTopics;
  readonly transactionalId: string;
  readonly transactionTimeout: number;
  readonly compression: CompressionTypes;
  /** Most bytes of one partition in a request, unless a message has more. */
  readonly maxBatchBytes: number;
}

const takeOverTries = 3;
/** Milliseconds for which the end of a transaction is waited for, while brokers answer. */
const settling = 2_000;
/** Milliseconds for which the record of a new owner is waited for. */
const looking = 500;

/**
 * Takes a task over: fences its owner, and then reads its checkpoint, since nobody else can write any
 * more. The new owner writes a record of itself, so that the owner before can tell who has taken over.
 *
 * @throws FencedError when somebody else takes it over meanwhile.
 */
export async function openKafkaTask<T>(options: KafkaTaskOptions): Promise<SinkTask<T>> {
  const { log, client, task, topics, transactionTimeout } = options;
  const { partition } = task;
  const place = { log, topic: topics.checkpoints, partition };
  const owner = ownerToken();
  const producer = new TransactionalProducer(options);
  try {
    const taken = await takeOver(producer, place, owner);
    const records = await readTask(place, taken, client.connection.patience);
    if (records.owner !== owner) throw fencedBy(task);
    const progress = records.progress;
    const state = progress ? records.state(progress) : [];
    return new KafkaTask<T>(options, {
      place,
      producer,
      owner,
      progress: progress ?? { ...noProgress, owner },
      state,
      checkpoint: progress && checkpointOf(progress, state),
    });
  } catch (cause) {
    await producer.close();
    const failure = rootOf(cause);
    if (failure.type === 'INVALID_TRANSACTION_TIMEOUT')
      throw new OptionError(
        `transactionTimeout is ${transactionTimeout} ms, more than the brokers allow by transaction.max.timeout.ms: lower it`,
        { cause },
      );
    throw isFencing(failure) ? fencedBy(task, undefined, cause) : cause;
  }
}

/** Fences other owners and writes the record of this one. Gives the offset of that record. */
async function takeOver(
  producer: TransactionalProducer,
  { topic, partition }: TaskPlace,
  owner: string,
): Promise<number> {
  for (let tries = 1; ; tries++) {
    await producer.fenceOthers();
    await producer.send([{ topic, partition, messages: [ownerMessage(owner)] }]);
    const end = await producer.commit();
    if (end.answered) return producer.lastOffset(topic, partition);
    // Fencing ourselves settles it.
    if (tries === takeOverTries) throw end.cause;
  }
}

function checkpointOf(
  { epoch, next, topicIds, pipeline }: TaskProgress,
  state: readonly { readonly bytes: Uint8Array }[],
): Checkpoint {
  return { epoch, next, topicIds, pipeline, state: state.map(({ bytes }) => bytes) };
}

interface Taken {
  readonly place: TaskPlace;
  readonly producer: TransactionalProducer;
  readonly owner: string;
  readonly progress: TaskProgress;
  readonly state: readonly { readonly epoch: number; readonly bytes: Uint8Array }[];
  readonly checkpoint: Checkpoint | undefined;
}

/** One owner's hold on a task: a transactional id, and a partition of the checkpoint topic. */
class KafkaTask<T> implements SinkTask<T> {
  readonly checkpoint: Checkpoint | undefined;
  readonly #options: KafkaTaskOptions;
  readonly #taken: Omit<Taken, 'progress' | 'state' | 'checkpoint'>;
  #progress: TaskProgress;
  /** The epochs whose state counts, and in how many records it is. */
  #states: ReadonlyMap<number, number>;
  /** The error of every further commit, once there can be none. */
  #end: Error | undefined;

  constructor(options: KafkaTaskOptions, { progress, state, checkpoint, ...taken }: Taken) {
    this.checkpoint = checkpoint;
    this.#options = options;
    this.#taken = taken;
    this.#progress = progress;
    this.#states = new Map(state.map(({ epoch, bytes }) => [epoch, chunksOf(bytes.length)]));
  }

  refusal(row: T): string | undefined {
    return this.#options.target.rows.refusal(row);
  }

  refusalOf(output: string, row: unknown): string | undefined {
    return this.#options.named.get(output)?.rows.refusal(row);
  }

  async commit(commit: EpochCommit, output: EpochOutput<T>): Promise<void> {
    this.#check(commit, output);
    const { producer, owner, place } = this.#taken;
    const { epoch, state } = commit;
    const { parts, watermark } = epochMessages(
      this.#options,
      commit,
      output,
      this.#progress.watermark,
    );
    const stateEpochs = stateAfter([...this.#states.keys()], state, () => epoch);
    const { counts } = output;
    const progress = progressAfter(this.#progress, commit, {
      owner,
      counts,
      watermark,
      stateEpochs,
    });
    const chunks = new Map(this.#states).set(epoch, chunksOf(state?.bytes.length ?? 0));
    const kept = new Set(stateEpochs);
    const messages: Message[] = [
      ...[...this.#states]
        .filter(([each]) => !kept.has(each))
        .flatMap(([each, count]) => forgetMessages(each, count)),
      ...(state ? stateMessages(epoch, state.bytes) : []),
      progressMessage(progress),
    ];
    const startedAt = performance.now();
    try {
      await producer.send([...parts, { ...place, messages }]);
      const end = await producer.commit();
      if (!end.answered) await this.#settle(epoch, end.cause);
    } catch (cause) {
      this.#end = await this.#failure(cause, epoch, performance.now() - startedAt);
      await producer.abort();
      throw this.#end;
    }
    this.#progress = progress;
    this.#states = new Map(stateEpochs.map((each) => [each, chunks.get(each) as number]));
  }

  async close(): Promise<void> {
    this.#end ??= new ClosedError(`task ${this.#name} is closed: open it again`);
    await this.#taken.producer.close();
  }

  get #name(): string {
    const { job, partition } = this.#options.task;
    return `${job}/${partition}`;
  }

  #check(commit: EpochCommit, output: EpochOutput<unknown>): void {
    const { task, target, named } = this.#options;
    const { epoch } = commit;
    if (this.#end instanceof FencedError || this.#end instanceof ClosedError) throw this.#end;
    if (this.#end)
      throw new CommitUnknownError(
        `task ${this.#name} cannot go on behind a commit that failed, open it again: ${this.#end.message}`,
        { cause: this.#end },
      );
    if (epoch !== this.#progress.epoch + 1)
      throw new FencedError(
        `task ${this.#name} is at epoch ${this.#progress.epoch}: epoch ${epoch} does not follow it`,
      );
    const topics = [target, ...named.values()].map(({ name }) => name);
    checkOwnInput(task.job, topics, commit, output);
  }

  /** Finds out from the log whether a commit that was not answered happened. */
  async #settle(epoch: number, cause: Error): Promise<void> {
    const { producer, owner, place } = this.#taken;
    const offset = producer.lastOffset(place.topic, place.partition);
    const range = { from: offset, last: offset };
    const later = await readLater(place, range, settling).catch((): Later | undefined => undefined);
    const found = later?.records.progress;
    if (found?.owner === owner && found.epoch === epoch) return;
    if (later?.isSettled) throw await this.#replaced(cause);
    throw new CommitUnknownError(
      `whether epoch ${epoch} of task ${this.#name} is committed is not known, as the reply was lost: ${cause.message}. Opening the task again settles it`,
      { cause },
    );
  }

  async #failure(cause: unknown, epoch: number, took: number): Promise<Error> {
    if (cause instanceof RecordTooLargeError)
      return new OptionError(
        `epoch ${epoch} of task ${this.#name} cannot be committed: ${cause.message}, or lower maxMessageBytes`,
        { cause },
      );
    if (cause instanceof StreamifyError) return cause;
    const failure = rootOf(cause);
    return isFencing(failure) ? this.#replaced(failure, took) : failure;
  }

  /** Why the cluster no longer takes this owner's transactions. */
  async #replaced(cause: KafkaFailure, took = 0): Promise<Error> {
    const { task, transactionTimeout } = this.#options;
    const { producer, owner, place } = this.#taken;
    // An owner that has taken over has written its record behind all of ours.
    const from = producer.lastOffset(place.topic, place.partition);
    const successor = await readSuccessor(place, { from, owner }, looking).catch(() => undefined);
    if (successor !== undefined) return fencedBy(task, successor, cause);
    if (isTaken(cause) && took < transactionTimeout) return fencedBy(task, undefined, cause);
    if (cause.type === 'INVALID_PRODUCER_ID_MAPPING')
      return new CommitUnknownError(
        `the cluster has forgotten who writes task ${this.#name}, as it does by transactional.id.expiration.ms when nothing is written for long. Open the task again`,
        { cause },
      );
    return new CommitUnknownError(
      `the cluster has ended a transaction of task ${this.#name} after ${Math.round(took)} ms, though nobody else has the task: ${cause.message}. Its transactionTimeout is ${transactionTimeout} ms. Open the task again`,
      { cause },
    );
  }
}

function fencedBy(
  { job, partition }: TaskId,
  owner = 'another owner',
  cause?: unknown,
): FencedError {
  return new FencedError(`task ${job}/${partition} was taken over by ${owner}`, { cause });
}
