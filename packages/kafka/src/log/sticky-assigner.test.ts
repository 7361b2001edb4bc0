import { AssignerProtocol, type Cluster, type Logger } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { type Share, shareOut, stickyAssigner } from './sticky-assigner.ts';

const share = (memberId: string, ...partitions: number[]): Share => ({ memberId, partitions });
const sizes = (shares: readonly Share[]) => shares.map(({ partitions }) => partitions.length);
const all = (shares: readonly Share[]) =>
  shares.flatMap(({ partitions }) => partitions).sort((a, b) => a - b);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('shareOut', () => {
  it('gives every partition to exactly one member, evenly, whatever they had', () => {
    for (const members of numbers(9).slice(1))
      for (const partitions of [1, 2, 6, 7, 12]) {
        const before = numbers(members).map((m) => share(`m${m}`, ...numbers(m)));
        const after = shareOut(before, partitions);
        expect(all(after)).toEqual(numbers(partitions));
        expect(Math.max(...sizes(after)) - Math.min(...sizes(after))).toBeLessThanOrEqual(1);
      }
  });

  it('moves no more partitions than a new member needs', () => {
    const after = shareOut([share('a', 0, 1, 2), share('b', 3, 4, 5), share('c')], 6);
    expect(after).toEqual([share('a', 0, 1), share('b', 3, 4), share('c', 2, 5)]);
  });

  it('gives what a leaving member had to the others, and leaves them what they have', () => {
    expect(shareOut([share('a', 0, 1), share('b', 4, 5)], 6)).toEqual([
      share('a', 0, 1, 2),
      share('b', 3, 4, 5),
    ]);
  });

  it('moves nothing when nothing has changed', () => {
    const shares = [share('a', 1, 3, 5), share('b', 0, 2, 4)];
    expect(shareOut(shares, 6)).toEqual(shares);
  });

  it('gives a partition that two claim to one of them, and ignores those that are none', () => {
    const after = shareOut([share('a', 0, 1), share('b', 0, 1, 7)], 2);
    expect(all(after)).toEqual([0, 1]);
    expect(sizes(after)).toEqual([1, 1]);
  });

  it('leaves members without a partition where there are more of them', () => {
    expect(sizes(shareOut([share('a'), share('b', 0), share('c')], 1)).sort()).toEqual([0, 0, 1]);
  });
});

describe('stickyAssigner', () => {
  const { MemberAssignment, MemberMetadata } = AssignerProtocol;
  const assigner = (held: readonly number[], counts: Record<string, number> = {}) =>
    stickyAssigner(
      () => held,
      async (topic) => counts[topic] ?? 4,
    )({ cluster: {} as Cluster, groupId: 'jobs', logger: {} as Logger });

  it('tells the leader what a member has, and each member its partitions of all topics', async () => {
    const topics = ['plays', 'skips'];
    const { metadata } = assigner([1, 2]).protocol({ topics });
    const members = [
      { memberId: 'old', memberMetadata: metadata },
      { memberId: 'new', memberMetadata: assigner([]).protocol({ topics }).metadata },
    ];
    const assigned = await assigner([]).assign({ members, topics });
    const shares = assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      MemberAssignment.decode(memberAssignment)?.assignment,
    ]);
    expect(Object.fromEntries(shares)).toEqual({
      old: { plays: [1, 2], skips: [1, 2] },
      new: { plays: [0, 3], skips: [0, 3] },
    });
  });

  it('takes a member of another make for one that has nothing', async () => {
    const userData = Buffer.from('not JSON');
    const memberMetadata = MemberMetadata.encode({ version: 1, topics: ['plays'], userData });
    const assigned = await assigner([]).assign({
      members: [{ memberId: 'a', memberMetadata }],
      topics: ['plays'],
    });
    expect(MemberAssignment.decode(assigned[0]?.memberAssignment as Buffer)?.assignment).toEqual({
      plays: [0, 1, 2, 3],
    });
  });
});
