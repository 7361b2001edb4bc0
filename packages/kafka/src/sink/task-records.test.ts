import { LogCorruptedError, StateMismatchError } from '@streamify/core';
import type { Message } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { noProgress, type TaskProgress } from './task-progress.ts';
import {
  chunksOf,
  forgetMessages,
  ownerMessage,
  progressMessage,
  stateMessages,
  TaskRecords,
} from './task-records.ts';

const progress = (values: Partial<TaskProgress>): TaskProgress => ({
  ...noProgress,
  owner: 'ann',
  ...values,
});

function recordsOf(messages: readonly Message[]): TaskRecords {
  const records = new TaskRecords();
  for (const [offset, { key, value, headers = {} }] of messages.entries())
    records.add({
      offset,
      key: String(key),
      value: (value as Buffer | null) ?? new Uint8Array(),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, String(text)]),
      ),
      loggedAt: 0,
    });
  return records;
}

const saved = (records: TaskRecords) =>
  records.state(records.progress as TaskProgress).map(({ epoch, bytes }) => [epoch, ...bytes]);

describe('the records of a task', () => {
  it('tell nothing before the first commit but who has it', () => {
    expect(recordsOf([]).owner).toBeUndefined();
    const records = recordsOf([ownerMessage('ann'), ownerMessage('bob')]);
    expect(records.owner).toBe('bob');
    expect(records.progress).toBeUndefined();
  });

  it('give the state that still counts, by epoch, whatever compaction has left', () => {
    const last = progressMessage(progress({ epoch: 12, stateFrom: 9, states: 3 }));
    const parts = [9, 10, 12].flatMap((epoch) => stateMessages(epoch, Uint8Array.of(epoch)));
    const outdated = [...stateMessages(2, Uint8Array.of(2)), ...forgetMessages(2, 1)];
    const uncommitted = stateMessages(13, Uint8Array.of(13));
    const expected = [
      [9, 9],
      [10, 10],
      [12, 12],
    ];
    for (const messages of [
      [...outdated, ...parts, last],
      [...outdated.slice(1), last, ...parts.toReversed()],
      [...stateMessages(2, Uint8Array.of(2)), ...parts, last, ...uncommitted],
    ])
      expect(saved(recordsOf(messages))).toEqual(expected);
  });

  it('split state that is too large for one, and join it again', () => {
    const bytes = Buffer.alloc(2_000_000, 'state ');
    const messages = stateMessages(1, bytes);
    expect(messages.length).toBe(3);
    expect(chunksOf(bytes.length)).toBe(3);
    for (const { value } of messages) expect(value?.length).toBeLessThan(1_000_000);
    const last = progressMessage(progress({ epoch: 1, stateFrom: 1, states: 1 }));
    const records = recordsOf([...messages, last]);
    const [part] = records.state(records.progress as TaskProgress);
    expect(Buffer.compare(part?.bytes as Uint8Array, bytes)).toBe(0);
  });

  it('tell state of no bytes from state that is gone', () => {
    const last = progressMessage(progress({ epoch: 1, stateFrom: 1, states: 1 }));
    const empty = stateMessages(1, new Uint8Array());
    expect(saved(recordsOf([...empty, last]))).toEqual([[1]]);
    expect(() => saved(recordsOf([...empty, ...forgetMessages(1, 1), last]))).toThrow(
      LogCorruptedError,
    );
  });

  it('are refused where a part is missing, or another release wrote them', () => {
    const last = progressMessage(progress({ epoch: 1, stateFrom: 1, states: 1 }));
    const [, second] = stateMessages(1, new Uint8Array(1_000_000));
    expect(() => saved(recordsOf([second as Message, last]))).toThrow('there are 0 parts where');
    const later = progressMessage({ ...progress({}), version: 3 as never });
    expect(() => recordsOf([later]).progress).toThrow(StateMismatchError);
    const foreign = { key: 'checkpoint', value: Buffer.from('{') };
    expect(() => recordsOf([foreign]).progress).toThrow(LogCorruptedError);
  });
});
