import {
  type Assignment,
  type AssignmentListener,
  commonPartitions,
} from '@streamify/core/adapter';
import type { KafkaClient } from '../client/kafka-client.ts';
import { GroupMember } from './group-member.ts';
import type { GroupTiming } from './group-session.ts';
import type { KafkaTopics } from './kafka-topics.ts';

/** The client, topics and timing by which a log joins groups. */
interface GroupMembersOptions {
  readonly client: KafkaClient;
  readonly topics: KafkaTopics;
  readonly timing: Required<GroupTiming>;
}

/** The groups that a log is a member of: one for each job that it works on. */
export class GroupMembers {
  readonly #options: GroupMembersOptions;
  readonly #members = new Set<GroupMember>();

  constructor(options: GroupMembersOptions) {
    this.#options = options;
  }

  /** Joins the group of a job. Resolves once the first share has been assigned. */
  async join(
    job: string,
    names: readonly string[],
    listener: AssignmentListener,
  ): Promise<Assignment> {
    const { client, topics, timing } = this.#options;
    const { inKafka, shortOf } = client.namespace;
    await commonPartitions(names, (name) => topics.partitions(name));
    const member = new GroupMember({
      client,
      group: inKafka(job),
      topics: names.map(inKafka),
      timing,
      partitionsOf: (topic) => topics.existing(shortOf(topic)),
      listener,
    });
    this.#members.add(member);
    void member.ended.catch(() => {}).then(() => this.#members.delete(member));
    return member.joined();
  }

  /** Leaves all groups. */
  async close(): Promise<void> {
    await Promise.all([...this.#members].map((member) => member.close()));
  }
}
