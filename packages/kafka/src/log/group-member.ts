import type { Assignment, AssignmentListener } from '@streamify/core/adapter';
import { persist } from '../client/persist.ts';
import {
  type DoneOffset,
  type GroupSession,
  type GroupSessionOptions,
  joinGroup,
} from './group-session.ts';

/** Settings of a member of a group, and the listener that hears of its partitions. */
export type GroupMemberOptions = Omit<GroupSessionOptions, 'held' | 'onShare'> & {
  readonly listener: AssignmentListener;
};

const commitEvery = 5_000;

/**
 * A member of a consumer group: Kafka shares out the partitions, jobs work on them.
 *
 * When the group changes, work goes on; only partitions that went to other members are given up, and
 * their new owners fence what is left here. A member that was thrown out joins anew, as another one: in
 * between, others may have worked on all of its partitions, so it gives up everything first.
 */
export class GroupMember implements Assignment {
  readonly isShared = true;
  readonly ended: Promise<void>;
  readonly #options: GroupMemberOptions;
  readonly #closing = new AbortController();
  #memberId = '';
  #held: readonly number[] = [];
  /** The work under way for each partition, one piece after another. */
  readonly #turns = new Map<number, Promise<void>>();
  readonly #done = new Map<string, DoneOffset>();
  #leaving = false;
  #closed: Promise<void> | undefined;
  #joined: () => void = () => {};
  readonly #first = new Promise<void>((resolve) => {
    this.#joined = resolve;
  });

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.ended = this.#stay();
    this.ended.catch(() => {});
  }

  /** Resolves once the first share has been assigned. */
  async joined(): Promise<this> {
    await Promise.race([this.#first, this.ended]);
    await Promise.all(this.#turns.values());
    return this;
  }

  committed(name: string, partition: number, next: number): void {
    const topic = this.#options.client.namespace.inKafka(name);
    this.#done.set(`${topic}/${partition}`, { topic, partition, offset: String(next) });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { listener } = this.#options;
    this.#leaving = true;
    for (const partition of this.#held) this.#next(partition, () => listener.revoked(partition));
    await Promise.all(this.#turns.values());
    this.#closing.abort();
    await this.ended.catch(() => {});
  }

  /** Is in the group, again and again, until it is closed. */
  async #stay(): Promise<void> {
    const { client, group } = this.#options;
    const { signal } = this.#closing;
    const closing = new Promise<undefined>((resolve) =>
      signal.addEventListener('abort', () => resolve(undefined)),
    );
    const join = () =>
      joinGroup({
        ...this.#options,
        held: () => this.#held,
        onShare: (memberId, partitions) => this.#share(memberId, partitions),
      });
    let { patience } = client.connection;
    while (!signal.aborted) {
      const connection = { ...client.connection, patience };
      const session = await persist(connection, `join group ${group}`, join, signal);
      this.#joined();
      // From now on it is for the tasks to say how long brokers may be away.
      patience = Number.POSITIVE_INFINITY;
      const committing = setInterval(() => void this.#commit(session), commitEvery);
      await Promise.race([session.crashed, closing]);
      clearInterval(committing);
      await this.#commit(session);
      await session.close();
    }
  }

  #share(memberId: string, partitions: readonly number[]): void {
    if (this.#leaving) return;
    const { listener } = this.#options;
    const isOther = memberId !== this.#memberId;
    const lost = this.#held.filter((partition) => isOther || !partitions.includes(partition));
    this.#memberId = memberId;
    this.#held = partitions;
    for (const partition of lost) this.#next(partition, () => listener.revoked(partition));
    for (const partition of partitions)
      this.#next(partition, async () => listener.assigned(partition));
  }

  #next(partition: number, work: () => Promise<void>): void {
    const turn = (this.#turns.get(partition) ?? Promise.resolve()).then(work);
    this.#turns.set(partition, turn);
  }

  /** Notes how far the partitions that are still ours are done. For monitoring only: nobody starts from there. */
  async #commit(session: GroupSession): Promise<void> {
    const done = [...this.#done.values()];
    this.#done.clear();
    const ours = done.filter(({ partition }) => this.#held.includes(partition));
    if (ours.length > 0) await session.commit(ours).catch(() => {});
  }
}
