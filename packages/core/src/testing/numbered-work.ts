import type { StateChange } from '../engine/checkpoint.ts';
import type { SinkTask } from '../sink/sink.ts';

/** A row of {@link workThrough}. */
export interface NumberedRow {
  readonly offset: number;
}

/** How many offsets there are to work through. */
export const OFFSETS = 60;

/** Works through numbered offsets, some at a time, from where the task got to. Its state is all of them since the start, in any order. */
export async function workThrough<T>(
  owner: SinkTask<T>,
  random: () => number,
  rowOf: (offset: number) => T = (offset) => ({ offset }) as T,
): Promise<void> {
  let { epoch, next } = owner.checkpoint ?? { epoch: 0, next: { plays: 0 } };
  const known = (owner.checkpoint?.state ?? []).flatMap((bytes) => [...bytes]);
  let last = [...(owner.checkpoint?.state.at(-1) ?? [])];
  for (let from = next['plays'] ?? 0; from < OFFSETS; ) {
    const to = Math.min(OFFSETS, from + 1 + Math.floor(random() * 8));
    const offsets = Array.from({ length: to - from }, (_, i) => from + i);
    known.push(...offsets);
    const swept = known.filter((offset) => !last.includes(offset));
    const changes: readonly StateChange[] = [
      { kind: 'append', bytes: Uint8Array.from(offsets) },
      { kind: 'append', bytes: Uint8Array.from(offsets) },
      { kind: 'append', bytes: Uint8Array.from(swept), keep: 2 },
      { kind: 'replace', bytes: Uint8Array.from(known) },
    ];
    const state = changes[Math.floor(random() * changes.length)] as StateChange;
    last = [...state.bytes];
    next = { plays: to };
    await owner.commit(
      { epoch: ++epoch, next, pipeline: '', state, watermark: to },
      {
        rows: offsets.map(rowOf),
        causes: offsets.map((offset) => ({ topic: 'plays', partition: 0, offset })),
        aside: [],
        dead: [],
        counts: { in: offsets.length },
      },
    );
    from = to;
  }
}
