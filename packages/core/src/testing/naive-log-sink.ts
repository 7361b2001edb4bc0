import { rowOf, type StreamEvent } from '../event.ts';
import type { Topic } from '../log/topic.ts';
import type { Folder } from '../sink/folder.ts';
import type { Sink } from '../sink/sink.ts';
import { openLedger } from '../sink/task-ledger.ts';
import { taskPath } from '../sink/task-path.ts';

/** What a sink does first that appends and checkpoints one after the other: a crash between them loses rows or repeats them. */
export type NaiveOrder = 'append first' | 'checkpoint first';

/** The negative control of tests that are to find such a sink. */
export function naiveLogSink<T>(
  topic: Topic<T>,
  folder: Folder,
  order: NaiveOrder,
): Sink<T | StreamEvent<T>> {
  return {
    async open(task) {
      const ledger = await openLedger(folder.sub(taskPath(task)), task);
      return {
        checkpoint: ledger.checkpoint,
        refusal: () => undefined,
        async commit(commit, { rows, counts }) {
          const append = () => topic.publish(rows.map((row) => rowOf(row)));
          if (order === 'append first') await append();
          await ledger.commit(commit, { parts: {}, counts });
          if (order === 'checkpoint first') await append();
        },
        close: async () => {},
      };
    },
  };
}
