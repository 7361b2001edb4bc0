import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { EventLog } from '../contract/event-log.ts';
import { persistenceCases } from './log-persistence-cases.ts';
import { pollCases } from './log-poll-cases.ts';
import { publishCases } from './log-publish-cases.ts';
import { topicCases } from './log-topic-cases.ts';

/** Opens logs for {@link logContract} to check. */
export interface LogHarness {
  /** Opens a log. Each case uses a topic of its own, so logs may share what is behind them. */
  open(): Promise<EventLog>;
  /** Opens again what a closed log has written. Left out for a log that ends with its process. */
  reopen?(closed: EventLog): Promise<EventLog>;
  /** Removes what a closed log leaves behind. */
  dispose?(closed: EventLog): Promise<void>;
}

/** One promise of a contract, to be run by any test runner. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * Checks that an event log keeps the promises that jobs rely on. Every log passes it.
 *
 * @example
 * for (const { name, run } of logContract({ open: async () => memoryLog() })) it(name, run);
 */
export function logContract(harness: LogHarness): readonly ContractCase[] {
  const cases = Object.entries({
    ...publishCases,
    ...pollCases,
    ...topicCases,
    ...(harness.reopen && persistenceCases),
  });
  return cases.map(([name, check]) => ({
    name,
    run: async () => {
      let log = await harness.open();
      const topic = `contract-${randomUUID()}`;
      const reopen = async () => {
        await log.close();
        assert(harness.reopen);
        log = await harness.reopen(log);
        return log;
      };
      try {
        await check({ log, topic, reopen });
      } finally {
        await log.close();
        await harness.dispose?.(log);
      }
    },
  }));
}
