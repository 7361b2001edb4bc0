import { AssignerProtocol, type GroupMember, type PartitionAssigner } from 'kafkajs';

const { MemberAssignment, MemberMetadata } = AssignerProtocol;
const version = 1;

/** A member of a group and the partitions that it has. */
export interface Share {
  readonly memberId: string;
  readonly partitions: readonly number[];
}

/**
 * Shares `partitions` evenly, and moves as few as that takes: moving one costs its new owner the
 * restoring of its state.
 */
export function shareOut(before: readonly Share[], partitions: number): readonly Share[] {
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  // Who has most keeps most. After a split, two may claim the same: the first keeps it.
  const members = before.toSorted(
    (a, b) => b.partitions.length - a.partitions.length || (a.memberId < b.memberId ? -1 : 1),
  );
  const shares = members.map(({ memberId, partitions: held }, i) => {
    const quota =
      Math.floor(partitions / members.length) + (i < partitions % members.length ? 1 : 0);
    const kept = held.filter((partition) => free.has(partition)).slice(0, quota);
    for (const partition of kept) free.delete(partition);
    return { memberId, quota, kept };
  });
  const rest = [...free];
  return shares.map(({ memberId, quota, kept }) => ({
    memberId,
    partitions: [...kept, ...rest.splice(0, quota - kept.length)].sort((a, b) => a - b),
  }));
}

/**
 * Assigns partitions by {@link shareOut}. The same partition of each topic goes to the same member.
 *
 * @param held the partitions that this member works on, when it is asked.
 * @param partitionsOf how many partitions a topic has.
 */
export function stickyAssigner(
  held: () => readonly number[],
  partitionsOf: (topic: string) => Promise<number>,
): PartitionAssigner {
  return () => ({
    name: 'streamify-sticky',
    version,
    protocol: ({ topics }) => ({
      name: 'streamify-sticky',
      metadata: MemberMetadata.encode({
        version,
        topics,
        userData: Buffer.from(JSON.stringify({ held: held() })),
      }),
    }),
    async assign({ members, topics }) {
      const counts = await Promise.all(topics.map(partitionsOf));
      const shares = shareOut(members.map(shareOf), Math.max(...counts));
      return shares.map(({ memberId, partitions }) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version,
          assignment: Object.fromEntries(topics.map((topic) => [topic, [...partitions]])),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

function shareOf({ memberId, memberMetadata }: GroupMember): Share {
  const text = MemberMetadata.decode(memberMetadata)?.userData.toString() ?? '';
  return { memberId, partitions: heldIn(text) };
}

function heldIn(text: string): readonly number[] {
  try {
    const { held } = JSON.parse(text) as { held?: unknown };
    return Array.isArray(held) ? held.filter(Number.isInteger) : [];
  } catch {
    // A member of another version, or of another make.
    return [];
  }
}
