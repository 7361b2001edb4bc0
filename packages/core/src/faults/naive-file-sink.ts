import { randomUUID } from 'node:crypto';
import { rowOf, type StreamEvent } from '../contract/event.ts';
import type { Sink } from '../contract/sink.ts';
import type { Folder } from '../durable/folder.ts';
import { outputParts, part } from '../sink/ledger/output-parts.ts';
import { taskPath } from '../sink/ledger/task-path.ts';

/** The negative control: writes its rows, then its checkpoint, and asks nobody whether it still may. */
export function naiveFileSink<Row extends object>(root: Folder): Sink<Row | StreamEvent<Row>> {
  return {
    store: root,
    deadLetters: async () => [],
    async open(task) {
      const folder = root.sub(taskPath(task));
      const path = 'checkpoint/entry.000000000001.json';
      const text = await folder.read(path);
      const stored = text && JSON.parse(String(text));
      const counts: Record<string, number> = stored?.counts ?? {};
      let state: string[] = stored?.state ?? [];
      return {
        checkpoint: stored && {
          ...stored,
          state: state.map((bytes) => Buffer.from(bytes, 'base64')),
        },
        refusal: () => undefined,
        refusalOf: () => undefined,
        async commit({ epoch, next, pipeline, state: change }, output) {
          const parts = { ...part('rows', output.rows.map(rowOf)), ...outputParts(output) };
          for (const [name, content] of Object.entries(parts))
            await folder.write(`${name}/${randomUUID()}.jsonl`, content);
          for (const [name, n] of Object.entries(output.counts))
            counts[name] = (counts[name] ?? 0) + n;
          const kept = change?.kind === 'replace' ? [] : state;
          state = change ? [...kept, Buffer.from(change.bytes).toString('base64')] : state;
          const entry = { job: task.job, epoch, next, pipeline, state, counts };
          await folder.write('checkpoint/next.json', Buffer.from(JSON.stringify(entry)));
          await folder.move('checkpoint/next.json', path);
        },
        close: async () => {},
      };
    },
  };
}
