import { randomUUID } from 'node:crypto';
import { stateAfter } from '../adapter/state-after.ts';
import { StateMismatchError } from '../contract/errors.ts';
import type { NamedSinks, Sink, SinkTask, TaskId } from '../contract/sink.ts';
import type { StateStore } from '../contract/state-store.ts';

/** First byte of a part that only names one in the store; encoded state starts with its version, which is never 0. */
const REFERENCE = 0;

/**
 * Opens a task at its sink; with a store, large parts of its state go there.
 *
 * A part is written, under a name of this owner alone, before the commit that refers to it, and
 * removed after a commit that no longer does. Parts that a crash left behind are removed when the task is
 * opened again, if they were there before it was opened: a later owner may be writing others by then.
 *
 * @throws StateMismatchError when the store lacks a part that the checkpoint refers to.
 */
export async function openSinkTask<T>(
  { sink, named }: { readonly sink: Sink<T>; readonly named: NamedSinks },
  task: TaskId,
  store: StateStore | undefined,
): Promise<SinkTask<T>> {
  if (!store) return sink.open(task, named);
  const there = await store.list(task);
  const opened = await sink.open(task, named);
  const { checkpoint } = opened;
  const owner = randomUUID();
  let names: readonly (string | undefined)[] = (checkpoint?.state ?? []).map(nameIn);
  const state: Uint8Array[] = [];
  try {
    for (const [i, part] of (checkpoint?.state ?? []).entries())
      state.push(await partOf(store, task, names[i], part));
    for (const name of there) if (!names.includes(name)) await store.remove(task, name);
  } catch (cause) {
    await opened.close();
    throw cause;
  }

  return {
    checkpoint: checkpoint && { ...checkpoint, state },
    refusal: (row) => opened.refusal(row),
    refusalOf: (output, row) => opened.refusalOf(output, row),
    async commit(commit, output) {
      const change = commit.state;
      if (!change) return opened.commit(commit, output);
      const isLarge = change.bytes.length >= store.minBytes;
      const name = isLarge ? `${commit.epoch}-${owner}` : undefined;
      if (name !== undefined) await store.write(task, name, change.bytes);
      const saved = name === undefined ? change : { ...change, bytes: referenceTo(name) };
      await opened.commit({ ...commit, state: saved }, output);
      const kept = stateAfter(names, change, () => name);
      const gone = names.filter((old) => old !== undefined && !kept.includes(old));
      names = kept;
      for (const old of gone) await store.remove(task, old as string);
    },
    close: () => opened.close(),
  };
}

async function partOf(
  store: StateStore,
  task: TaskId,
  name: string | undefined,
  part: Uint8Array,
): Promise<Uint8Array> {
  if (name === undefined) return part;
  const bytes = await store.read(task, name);
  if (bytes) return bytes;
  throw new StateMismatchError(
    `the state ${name} of task ${task.job}/${task.partition} is not in the store that the job has: give it the store that it was saved with`,
  );
}

function referenceTo(name: string): Uint8Array {
  return Uint8Array.of(REFERENCE, ...new TextEncoder().encode(name));
}

function nameIn(part: Uint8Array): string | undefined {
  return part[0] === REFERENCE ? new TextDecoder().decode(part.subarray(1)) : undefined;
}
