import type { GroupTiming } from '../log/group-session.ts';

/** Timing by which a group notices within two seconds that a member is gone. */
export const shortSessions: GroupTiming = {
  sessionTimeout: 2_000,
  rebalanceTimeout: 6_000,
  heartbeatInterval: 300,
};

/** What a broker needs to be told, to allow that. */
export const allowingShortSessions = {
  settings: { 'group.min.session.timeout.ms': '500' },
} as const;
