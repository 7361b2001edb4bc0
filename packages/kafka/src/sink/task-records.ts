import { headerText, LogCorruptedError, StateMismatchError } from '@streamify/core';
import type { LogRecord } from '@streamify/core/adapter';
import type { Message } from 'kafkajs';
import { PROGRESS_VERSION, type TaskProgress } from './task-progress.ts';

/** Most bytes of state in a record: brokers take 1 MiB by default. */
const chunkBytes = 900_000;
const CHUNKS = 'streamify-chunks';

/** Makes the record by which an owner takes a task over. */
export function ownerMessage(owner: string): Message {
  return { key: 'owner', value: Buffer.from(JSON.stringify({ owner })) };
}

/** Makes the record of a task's progress. */
export function progressMessage(progress: TaskProgress): Message {
  return { key: 'checkpoint', value: Buffer.from(JSON.stringify(progress)) };
}

/** Makes the records of the state that an epoch saves. */
export function stateMessages(epoch: number, bytes: Uint8Array): readonly Message[] {
  const chunks = chunksOf(bytes.length);
  const headers = { [CHUNKS]: String(chunks) };
  return Array.from({ length: chunks }, (_, chunk) => {
    const start = chunk * chunkBytes;
    const length = Math.min(chunkBytes, bytes.length - start);
    const value = Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
    return { key: stateKey(epoch, chunk), value, headers };
  });
}

/** Makes the records by which compaction forgets the state that an epoch saved. */
export function forgetMessages(epoch: number, chunks: number): readonly Message[] {
  return Array.from({ length: chunks }, (_, chunk) => ({
    key: stateKey(epoch, chunk),
    value: null,
  }));
}

/** The number of records that so many bytes of state take. */
export function chunksOf(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / chunkBytes));
}

const stateKey = (epoch: number, chunk: number) => `state/${epoch}/${chunk}`;

/** The parts of an epoch's state that were read so far. */
interface SavedState {
  readonly chunks: number;
  readonly parts: Map<number, Uint8Array>;
}

/** The state that an epoch saved, whole. */
export interface SavedPart {
  readonly epoch: number;
  readonly bytes: Uint8Array;
}

/** Collects the records of a task in the order of the log, and lets go of those that later ones replace. */
export class TaskRecords {
  #owner: string | undefined;
  #progress: Uint8Array | undefined;
  readonly #saved = new Map<number, SavedState>();

  add({ key, value, headers }: LogRecord): void {
    if (key === 'owner') this.#owner = (parsed(value) as { owner: string }).owner;
    else if (key === 'checkpoint') this.#progress = value;
    else this.#addState(key, value, Number(headerText(headers, CHUNKS) ?? 0));
  }

  /** Token of whoever took the task over last. */
  get owner(): string | undefined {
    return this.#owner;
  }

  /**
   * The progress of the task; `undefined` before its first commit.
   *
   * @throws StateMismatchError when another release wrote it.
   */
  get progress(): TaskProgress | undefined {
    if (!this.#progress) return undefined;
    const progress = parsed(this.#progress) as TaskProgress;
    if (progress.version === PROGRESS_VERSION) return progress;
    throw new StateMismatchError(
      `a checkpoint has version ${progress.version}, this release reads ${PROGRESS_VERSION}: run the release that wrote it, or a newer one`,
    );
  }

  /**
   * The state that still counts, oldest first.
   *
   * @throws LogCorruptedError when some of it is missing.
   */
  state({ stateFrom, states, epoch: last }: TaskProgress): readonly SavedPart[] {
    const parts = [...this.#saved]
      .filter(([epoch]) => epoch >= stateFrom && epoch <= last)
      .sort(([a], [b]) => a - b)
      .filter(([, { chunks, parts }]) => parts.size === chunks)
      .map(([epoch, saved]) => ({ epoch, bytes: joined(saved) }));
    if (parts.length === states) return parts;
    throw new LogCorruptedError(
      `of the state of epochs ${stateFrom} to ${last} there are ${parts.length} parts where the checkpoint has ${states}: give the job a new name, under which it starts over`,
    );
  }

  #addState(key: string, value: Uint8Array, chunks: number): void {
    const [, epoch, chunk] = key.split('/').map(Number) as [number, number, number];
    const saved = this.#saved.get(epoch) ?? { chunks, parts: new Map() };
    if (chunks === 0) saved.parts.delete(chunk);
    else saved.parts.set(chunk, value);
    if (saved.parts.size > 0) this.#saved.set(epoch, saved);
    else this.#saved.delete(epoch);
  }
}

function joined({ chunks, parts }: SavedState): Uint8Array {
  const inOrder = Array.from({ length: chunks }, (_, chunk) => parts.get(chunk) as Uint8Array);
  // A copy, so that small parts do not hold on to all that was fetched with them.
  return Uint8Array.from(
    inOrder.length === 1 ? (inOrder[0] as Uint8Array) : Buffer.concat(inOrder),
  );
}

function parsed(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value).toString());
  } catch (cause) {
    throw new LogCorruptedError(
      'a record of the checkpoint topic is not JSON: does anything else write to it? Give the job a new name, under which it starts over',
      { cause },
    );
  }
}
