import { type EventLog, rowOf, type Topic } from '@streamify/core';
import type { Checkpoint } from '@streamify/core/adapter';
import type { Counted, WindowSink } from './windows.ts';

interface Stored extends Omit<Checkpoint, 'state'> {
  readonly state: readonly string[];
}

/**
 * The negative control: appends its rows, then its checkpoint, and asks nobody whether it still may.
 *
 * @param topic where rows go.
 * @param checkpoints a topic with a single partition.
 * @param written called behind rows, and before the checkpoint.
 */
export function naiveSink(
  topic: Topic<Counted>,
  checkpoints: string,
  written: () => void = () => {},
): WindowSink {
  const { log } = topic;
  return {
    store: log,
    target: topic.name,
    deadLetters: async () => [],
    async open({ partition }) {
      const stored = (await lastOf(log, checkpoints)).get(String(partition));
      let state = stored?.state ?? [];
      return {
        checkpoint: stored && {
          ...stored,
          state: state.map((part) => Buffer.from(part, 'base64')),
        },
        refusal: () => undefined,
        refusalOf: () => undefined,
        async commit({ epoch, next, topicIds, pipeline, state: change }, { rows }) {
          await topic.publish(rows.map(rowOf));
          if (rows.length > 0) written();
          const kept = change?.kind === 'replace' ? [] : state;
          state = change ? [...kept, Buffer.from(change.bytes).toString('base64')] : state;
          const value = Buffer.from(JSON.stringify({ epoch, next, topicIds, pipeline, state }));
          await log.publish(checkpoints, [{ key: String(partition), value }]);
        },
        close: async () => {},
      };
    },
  };
}

/** The last record of each key. */
async function lastOf(log: EventLog, topic: string): Promise<Map<string, Stored>> {
  const reader = await log.reader(topic, 0);
  const last = new Map<string, Stored>();
  try {
    const { start, end } = await reader.bounds();
    for (let from = start; from < end; ) {
      const slice = await reader.poll({ from, maxRecords: 1e6, maxBytes: 1e9, maxWait: 1_000 });
      for (const { key, value } of slice.records) last.set(key, JSON.parse(String(value)));
      from = slice.next;
    }
  } finally {
    await reader.close();
  }
  return last;
}
